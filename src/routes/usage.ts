import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { content } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { sandboxed } from "../http/file.ts";
import { header } from "../http/headers.ts";
import { jsonBody } from "../http/json-body.ts";
import { upTo } from "../http/query.ts";
import { ownersCache } from "../http/safe-headers.ts";
import { toTextStream } from "../lib/byte-stream.ts";
import { dayMs, utcDay } from "../lib/clock.ts";
import { maxNameLength } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import { ReportedUsage, UsageStats } from "../protocol/usage.ts";
import { parseReportedUsage, toReportedRow } from "../runs/reported-usage.ts";
import { encodeUsageStats } from "../runs/usage-stats.ts";
import type { Services } from "../services.ts";
import { csvHeading, type UsagePage } from "../store/usage-reads.ts";

/** Of a client's row, in bytes. */
const maxBody = 64 * 1024;

const whose = {
  /** `all`, or whose: for admins, who otherwise see their own. */
  owner: Type.Optional(Type.String({ maxLength: maxNameLength })),
};
const format = Type.Optional(Type.Union([Type.Literal("json"), Type.Literal("csv")], { expected: "json or csv" }));

const statsQuery = Type.Object({
  ...whose,
  days: upTo(9999),
  user: Type.Optional(Type.String({ maxLength: maxNameLength })),
});

const usageRows = content<string>({ "text/plain": Type.String(), "text/csv": Type.String() });

/** What runs have used, and what clients tell of their own. */
export function usage({ store, access, clock }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" })
    .post(
      "/usage",
      async ({ body, request }) => {
        await store.usage.insertReported(toReportedRow(body, access.caller(request), clock()));
        return {};
      },
      {
        ...jsonBody(
          maxBody,
          (value, request) => {
            const user = value.user ?? header(request, "x-user");
            return parseReportedUsage({ ...value, ...(user !== undefined && { user }) });
          },
          ReportedUsage,
        ),
        response: answers({ 200: Type.Object({}) }),
        detail: { summary: "Counts what a client asked elsewhere" },
      },
    )
    .get(
      "/usage",
      ({ query, request }) => {
        const to = query.to === undefined ? utcDay(clock()) : parseDay("to", query.to);
        const from = query.from === undefined ? utcDay(Date.parse(to) - 29 * dayMs) : parseDay("from", query.from);
        if (from > to) throw new ApiError("invalid_request", "from: expected a day that is not after to");
        return list(request, query, from, to);
      },
      {
        query: Type.Object({ ...whose, format, from: Type.Optional(Type.String()), to: Type.Optional(Type.String()) }),
        response: answers({ 200: usageRows }),
        detail: { summary: "The rows of usage of some days, of the last 30 if not said" },
      },
    )
    .get(
      "/usage/:date",
      ({ params, query, request }) => {
        const day = parseDay("date", params.date);
        return list(request, query, day, day);
      },
      {
        params: Type.Object({ date: Type.String() }),
        query: Type.Object({ ...whose, format }),
        response: answers({ 200: usageRows }),
        detail: { summary: "The rows of usage of a day in UTC, as JSON lines, or as a table with ?format=csv" },
      },
    )
    .get(
      "/stats",
      async ({ query, request }) => {
        const { days = 30, user } = query;
        const now = clock();
        const found = await store.usage.totals({
          owner: ownerOf(request, query),
          user: user || null,
          from: utcDay(now - (Number(days) - 1) * dayMs),
          to: utcDay(now),
        });
        return new Response(encodeUsageStats(found), {
          headers: { "content-type": "application/json", ...ownersCache },
        });
      },
      {
        query: statsQuery,
        response: answers({ 200: UsageStats }),
        detail: { summary: "What usage comes to, by day, model, provider and user" },
      },
    );

  async function list(
    request: Request,
    { format = "json", ...query }: { readonly format?: "json" | "csv"; readonly owner?: string },
    from: string,
    to: string,
  ): Promise<Response> {
    const about = { owner: ownerOf(request, query), to, format };
    const first = await store.usage.page({ ...about, after: { day: from, owner: "", id: 0 } });
    if (first.text === "") throw new ApiError("not_found", "there is no usage of these days");
    const type = format === "csv" ? "text/csv; charset=utf-8; header=present" : "text/plain; charset=utf-8";
    return new Response(toTextStream(write(first, about)), {
      headers: {
        ...sandboxed,
        "content-type": type,
        ...ownersCache,
        ...(format === "csv" && { "content-disposition": `attachment; filename="usage-${from}.csv"` }),
      },
    });
  }

  async function* write(
    first: UsagePage,
    about: { readonly owner: string | null; readonly to: string; readonly format: "json" | "csv" },
  ): AsyncGenerator<string> {
    if (about.format === "csv") yield csvHeading;
    for (let page = first; ; page = await store.usage.page({ ...about, after: page.next })) {
      yield page.text;
      if (!page.next) return;
    }
  }

  /** Null for all. @throws {ApiError} `admin_only` */
  function ownerOf(request: Request, { owner }: { readonly owner?: string }): string | null {
    const caller = access.caller(request);
    if (owner === undefined || owner === caller.owner) return caller.owner;
    access.admin(request);
    return owner === "all" ? null : owner;
  }
}

/** @throws {ApiError} `invalid_request` for what is no day */
function parseDay(name: string, text: string): string {
  const isDay =
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && utcDay(Date.parse(text)) === text;
  if (!isDay) throw new ApiError("invalid_request", `${name}: expected a day such as 2026-11-24`);
  return text;
}
