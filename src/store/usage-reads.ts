import type { Database } from "bun:sqlite";
import { toTime } from "../lib/clock.ts";
import { toCsvRow } from "../lib/csv.ts";
import { isObject, tryParseJson } from "../lib/json.ts";
import type { UsageCounts } from "../protocol/usage.ts";
import type { UsageRow } from "./usage.ts";

/** Whose rows: of one owner, or of all where it is null. */
export interface UsageOf {
  readonly owner: string | null;
}

export interface TotalsAsked extends UsageOf {
  /** Only what is this user's. */
  readonly user: string | null;
  /** The first and the last day. */
  readonly from: string;
  readonly to: string;
}

export interface NamedCounts extends UsageCounts {
  readonly name: string;
}

/** Days come in order, the others with most tokens first. */
export interface TotalsFound {
  readonly days: readonly NamedCounts[];
  readonly models: readonly NamedCounts[];
  readonly providers: readonly NamedCounts[];
  readonly users: readonly NamedCounts[];
}

/** Of models, of providers, of users: arbitrary, and more than anybody reads. */
const maxNames = 1000;

const sums = ["requests", "prompt_tokens", "completion_tokens", "saved_tokens", "total_tokens"]
  .map((name) => `sum(${name}) AS ${name}`)
  .join(", ");

/** The totals stand by owner, then user: of all owners those of each are looked up. */
const owners = `WITH RECURSIVE owners (owner) AS (
    SELECT coalesce($owner, (SELECT min(owner) FROM usage_totals))
    UNION ALL SELECT (SELECT min(owner) FROM usage_totals WHERE owner > owners.owner)
      FROM owners WHERE $owner IS NULL AND owners.owner IS NOT NULL
  )`;

export function readUsageTotals(database: Database): (asked: TotalsAsked) => TotalsFound {
  type Query = { owner: string | null; user: string; from: string; to: string; kind: string };
  const select = (name: string, rest: string) =>
    database.query<NamedCounts, Query>(
      `${owners} SELECT ${name} AS name, ${sums}, sum(cost) AS cost FROM owners CROSS JOIN usage_totals AS each
       WHERE each.owner = owners.owner AND each.user = $user AND day BETWEEN $from AND $to AND kind = $kind
       GROUP BY 1 ${rest}`,
    );
  const days = select("day", "ORDER BY 1");
  const names = select("name", `ORDER BY total_tokens DESC, name LIMIT ${maxNames}`);

  return ({ owner, user, from, to }) => {
    const of = { owner, user: user ?? "", from, to };
    const byDay = days.all({ ...of, kind: "all" });
    return {
      days: byDay,
      models: names.all({ ...of, kind: "model" }),
      providers: names.all({ ...of, kind: "provider" }),
      users:
        user === null ? names.all({ ...of, kind: "user" }) : byDay.length > 0 ? [{ ...sumUp(byDay), name: user }] : [],
    };
  };
}

/** The sum of what some came to. */
export function sumUp(all: readonly UsageCounts[]): UsageCounts {
  const sum = (name: keyof UsageCounts) => all.reduce((total, each) => total + each[name], 0);
  return {
    requests: sum("requests"),
    prompt_tokens: sum("prompt_tokens"),
    completion_tokens: sum("completion_tokens"),
    saved_tokens: sum("saved_tokens"),
    total_tokens: sum("total_tokens"),
    cost: sum("cost"),
  };
}

/** Where a page ended: the next begins after it. */
export interface UsageCursor {
  readonly day: string;
  readonly owner: string;
  readonly id: number;
}

export interface PageAsked extends UsageOf {
  readonly after: UsageCursor;
  /** The last day. */
  readonly to: string;
  readonly format: "json" | "csv";
}

/** Rows as text, a line each; `next` where there may be more. */
export interface UsagePage {
  readonly text: string;
  readonly next: UsageCursor | undefined;
}

type Row = UsageRow & { readonly id: number; readonly source: "run" | "client" };

/** Some hundred kilobytes: as much as is held at once, but for the last row. A client's row may be 64 KiB. */
const pageLength = 256 * 1024;

/** By day, then by owner, then in the order in which they were written. */
export function readUsagePage(database: Database): (asked: PageAsked) => UsagePage {
  const ofOwner = database.query<Row, { day: string; owner: string; id: number }>(
    "SELECT * FROM usage WHERE day = $day AND owner = $owner AND id > $id ORDER BY id",
  );
  const ofAll = database.query<Row, { day: string; owner: string; id: number }>(
    "SELECT * FROM usage WHERE day = $day AND (owner, id) > ($owner, $id) ORDER BY owner, id",
  );
  const nextDay = database.query<{ day: string | null }, { day: string; to: string }>(
    "SELECT min(day) AS day FROM usage WHERE day > $day AND day <= $to",
  );

  return ({ owner, after, to, format }) => {
    const toLine = format === "csv" ? toCsvLine : toJsonLine;
    const rowsAfter = (at: UsageCursor) =>
      owner === null ? ofAll.iterate({ ...at }) : ofOwner.iterate({ ...at, owner });
    let text = "";
    for (let at: UsageCursor | undefined = after; at; at = dayAfter(at.day, to)) {
      for (const row of rowsAfter(at)) {
        text += toLine(row);
        if (text.length >= pageLength) return { text, next: { day: row.day, owner: row.owner, id: row.id } };
      }
    }
    return { text, next: undefined };
  };

  function dayAfter(day: string, to: string): UsageCursor | undefined {
    const next = nextDay.get({ day, to })?.day;
    return next == null ? undefined : { day: next, owner: "", id: 0 };
  }
}

/** What a client told of keeps all its keys; ours are beside them. */
function toJsonLine({ id: _, day: __, details, created_at, source, ...row }: Row): string {
  const { outcome, error, duration_ms, first_token_ms, owner, key_id, ...counted } = row;
  const told = tryParseJson(details);
  const run = source === "run" ? { outcome, error, duration_ms, first_token_ms } : {};
  const about = { created_at: toTime(created_at), source, owner, key_id };
  return `${JSON.stringify({ ...about, ...run, ...(isObject(told) && told), ...counted })}\n`;
}

const csvColumns = [
  "day",
  "run_id",
  "source",
  "owner",
  "key_id",
  "user",
  "provider",
  "model",
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "saved_tokens",
  "cost",
  "outcome",
  "error",
  "duration_ms",
  "first_token_ms",
] as const satisfies readonly (keyof Row)[];

/** The first line of a table of rows. */
export const csvHeading = toCsvRow(["created_at", ...csvColumns]);

function toCsvLine(row: Row): string {
  return toCsvRow([toTime(row.created_at), ...csvColumns.map((name) => row[name])]);
}
