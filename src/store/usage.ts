import type { Database } from "bun:sqlite";
import type { FinishReason } from "../protocol/events.ts";
import type { Charges } from "./budgets.ts";
import type { Reader } from "./reader.ts";
import type { PageAsked, TotalsAsked, TotalsFound, UsagePage } from "./usage-reads.ts";
import { openUsageTotals } from "./usage-totals.ts";
import type { Writer } from "./writer.ts";

/** What one run used, and how it ended. */
export interface UsageRow {
  readonly run_id: string;
  readonly owner: string;
  /** Of the access key; null where none was needed. */
  readonly key_id: string | null;
  /** Whom the caller names as its user. */
  readonly user: string | null;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  /** UTC, `2026-11-24`. */
  readonly day: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** Tokens that cost less, or nothing, since somebody had kept them. */
  readonly saved_tokens: number;
  /** In US dollars, where it is known. */
  readonly cost: number | null;
  /** The rest of the usage event, as JSON: cached and reasoning tokens, `estimated`. Of a client's row, its further keys. */
  readonly details: string;
  readonly outcome: FinishReason;
  /** The class of the error that ended the run. */
  readonly error: string | null;
  readonly duration_ms: number;
  readonly first_token_ms: number | null;
}

export interface UsageTable {
  /** What ran here. The same run twice counts once: the first row stays, unless it is a client's. Its key is charged. */
  insert(row: UsageRow): Promise<void>;
  /** What a client tells of what it asked elsewhere. An owner's run that is known already is not counted again. */
  insertReported(row: UsageRow): Promise<void>;
  find(runId: string): Promise<UsageRow | undefined>;
  /** What rows come to, also of those that are gone. */
  totals(asked: TotalsAsked): Promise<TotalsFound>;
  page(asked: PageAsked): Promise<UsagePage>;
  /** Removes some of the rows of days before this one, and gives how many; what they come to stays. */
  removeBefore(day: string): Promise<number>;
}

/** Some milliseconds' worth. */
const removedAtOnce = 200;

const columns = `run_id, owner, key_id, user, created_at, day, provider, model, prompt_tokens, completion_tokens,
  total_tokens, saved_tokens, cost, details, outcome, error, duration_ms, first_token_ms`;

/** What sums are kept of: a vendor, or a client, that tells of more has made a mistake, and would stop all counting. */
const mostTokens = 1e11;
const mostDollars = 1e5;

export function openUsageTable(database: Database, writer: Writer, reader: Reader, charges: Charges): UsageTable {
  const insert = database.query<{ id: number }, Record<string, string | number | null>>(
    `INSERT INTO usage (source, ${columns}) VALUES ($source, $run_id, $owner, $key_id, $user, $created_at, $day, $provider,
      $model, $prompt_tokens, $completion_tokens, $total_tokens, $saved_tokens, $cost, $details, $outcome, $error,
      $duration_ms, $first_token_ms)
     ON CONFLICT (run_id, owner) DO NOTHING RETURNING id`,
  );
  const find = database.query<UsageRow, [string]>(`SELECT ${columns} FROM usage WHERE run_id = ?`);
  const findReported = database.query<{ id: number }, [string, string]>(
    "SELECT id FROM usage WHERE run_id = ? AND owner = ? AND source = 'client'",
  );
  const remove = database.query<unknown, [number]>("DELETE FROM usage WHERE id = ?");
  const removeBefore = database.query<unknown, [string, number]>(
    "DELETE FROM usage WHERE id IN (SELECT id FROM usage WHERE day < ? LIMIT ?)",
  );
  const totals = openUsageTotals(database);

  return {
    insert: (row) =>
      writer.write(() => {
        // Else a caller could tell of a run while it goes on, and have it for nothing.
        const reported = findReported.get(row.run_id, row.owner);
        if (reported) {
          totals.subtract(reported.id);
          remove.run(reported.id);
        }
        if (add("run", row)) charges.settle(toCharge(row));
      }),
    insertReported: (row) => writer.write(() => void add("client", row)),
    find: async (runId) => find.get(runId) ?? undefined,
    totals: (asked) => reader.read("usageTotals", asked),
    page: (asked) => reader.read("usagePage", asked),
    removeBefore: (day) => writer.write(() => removeBefore.run(day, removedAtOnce).changes),
  };

  /** Gives whether it is new. */
  function add(source: "run" | "client", row: UsageRow): boolean {
    const added = insert.get({ ...withinReason(row), source });
    if (added) totals.add(added.id);
    return added !== null;
  }
}

function toCharge({ run_id, key_id, day, ...row }: UsageRow) {
  const { total_tokens: tokens, cost } = withinReason(row);
  return { run_id, key_id: key_id ?? "", day, tokens, nanodollars: Math.round((cost ?? 0) * 1e9) };
}

type Counted = Pick<UsageRow, "prompt_tokens" | "completion_tokens" | "total_tokens" | "saved_tokens" | "cost">;

function withinReason<T extends Counted>(row: T): T {
  const least = (tokens: number) => Math.min(tokens, mostTokens);
  return {
    ...row,
    prompt_tokens: least(row.prompt_tokens),
    completion_tokens: least(row.completion_tokens),
    total_tokens: least(row.total_tokens),
    saved_tokens: least(row.saved_tokens),
    cost: row.cost === null ? null : Math.min(row.cost, mostDollars),
  };
}
