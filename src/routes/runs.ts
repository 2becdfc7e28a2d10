import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { askedHeader } from "../http/asked-header.ts";
import { answers } from "../http/answers.ts";
import { header } from "../http/headers.ts";
import { upTo } from "../http/query.ts";
import { eventStream, streamQuery, streamRun } from "../http/stream.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import { RunInfo } from "../protocol/runs.ts";
import { RunTrace } from "../protocol/trace.ts";
import type { Services } from "../services.ts";

const params = Type.Object({ run_id: Type.String() });
const after = Type.String({ pattern: "^\\d{1,15}$", expected: "the number of the last event that you have" });

/** Runs: those that run now, and those that could be joined for `run_retention` after their end. */
export function runsRoutes({ runs, access, config, log, streams: { watch } }: Services) {
  return new Elysia({ prefix: "/backend-api/v2/runs" })
    .get("/", ({ query, request }) => runs.list(access.caller(request).owner, Number(query.limit ?? 100)), {
      query: Type.Object({ limit: upTo(1000) }),
      response: answers({ 200: Type.Array(RunInfo) }),
      detail: { summary: "The answers that are being produced, and those that ended a while ago, newest first" },
    })
    .get("/:run_id", ({ params, request }) => runs.get(idOf(params), access.caller(request).owner), {
      params,
      response: answers({ 200: RunInfo }),
      detail: { summary: "How an answer stands" },
    })
    .get(
      "/:run_id/events",
      async ({ params, query, request, server, status }) => {
        const id = idOf(params);
        const { owner } = access.caller(request);
        const last = lastEventId(request, id);
        if (last !== undefined && (await isOver(id, owner, last))) return status(204, undefined);
        const reader = await runs.attach(id, owner, last ?? Number(query.after ?? 0));
        return streamRun(id, reader, { request, server, watch, format: config.conversation_format, log });
      },
      {
        params,
        query: Type.Object({ ...streamQuery.properties, after: Type.Optional(after) }),
        response: answers({ 200: eventStream, 204: Type.Undefined() }),
        detail: {
          summary: "The events of an answer after one of them, and those to come",
          description:
            "`Last-Event-ID` or `?after=` names the last event that the caller has; without either, all come.",
          parameters: [askedHeader("Last-Event-ID", "the last event that you have, by its id or its number")],
        },
      },
    )
    .get("/:run_id/trace", ({ params, request }) => runs.trace(idOf(params), access.caller(request).owner), {
      params,
      response: answers({ 200: RunTrace }),
      detail: { summary: "How an answer came about: what the router saw and decided, and every attempt" },
    })
    .post("/:run_id/cancel", ({ params, request }) => runs.cancel(idOf(params), access.caller(request).owner), {
      params,
      response: answers({ 200: RunInfo }),
      detail: { summary: "Stops an answer, and the vendor's work for it" },
    });

  /** A browser's EventSource connects again until it is told, by a 204, that nothing more comes. */
  async function isOver(id: string, owner: string, last: number): Promise<boolean> {
    const { reason, sequence } = await runs.get(id, owner);
    return reason !== null && last === sequence;
  }
}

function idOf({ run_id: id }: { readonly run_id: string }): string {
  assertId("run_id", id);
  return id;
}

/** `<run id>.<sequence>`, as events are numbered in the stream. @throws {ApiError} `invalid_request` */
function lastEventId(request: Request, runId: string): number | undefined {
  const given = header(request, "last-event-id");
  if (given === undefined || given === "") return undefined;
  const seq = given.startsWith(`${runId}.`) ? given.slice(runId.length + 1) : given;
  if (/^\d{1,15}$/.test(seq)) return Number(seq);
  throw new ApiError("invalid_request", "Last-Event-ID: expected the id of an event of this answer");
}
