import { Type } from "@sinclair/typebox";
import { encodeSse } from "../lib/sse.ts";
import type { Log } from "../lib/log.ts";
import { type ApiError, toApiError } from "../protocol/errors.ts";
import { type NumberedEvent, RunEvent } from "../protocol/events.ts";
import { failureEvent } from "../protocol/failure-event.ts";
import { content } from "./content.ts";
import { comments, type EventStreamOptions, eventStreamHeaders, toEventStream } from "./event-stream.ts";
import { header } from "./headers.ts";

export type StreamFormat = "sse" | "ndjson";

const contentTypes: Readonly<Record<StreamFormat, string>> = {
  sse: "text/event-stream; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
};

/** What Eden makes of the stream: the bytes are `streamRun`'s. */
type EventStream = AsyncGenerator<{ readonly event: RunEvent["type"]; readonly data: RunEvent }, void, unknown>;

/** The same, as what a route answers. */
export const eventStream = content<EventStream>({ "text/event-stream": RunEvent, "application/x-ndjson": RunEvent });

/** It goes before what `Accept` says. */
export const streamQuery = Type.Object({
  format: Type.Optional(
    Type.String({
      expected: "what goes before `Accept`",
      shown: Type.Union([Type.Literal("sse"), Type.Literal("ndjson")]),
    }),
  ),
});

export interface StreamContext extends Pick<EventStreamOptions<unknown>, "request" | "server" | "watch"> {
  /** The format for those who ask for none. */
  readonly format: StreamFormat;
  readonly log: Log;
  /** Beside those that every stream has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The events of a run as a response. The next batch is asked for when the client has taken the last: nothing piles up.
 * A reader that leaves ends the iteration, whatever the run is waiting for.
 */
export function streamRun(
  runId: string,
  reader: AsyncIterableIterator<readonly NumberedEvent[]>,
  { request, server, watch, format: usualFormat, log, headers = {} }: StreamContext,
): EventStream {
  const format = askedFormat(request) ?? usualFormat;
  const encode = format === "sse" ? sseEncoder(runId) : encodeLines;
  const body = toEventStream(reader, {
    request,
    server,
    ...(watch && { watch }),
    encode,
    // Lines can hold no comment: their headers leave with the first event.
    ...(format === "sse" && comments),
    encodeFailure(thrown) {
      const error = toApiError(thrown);
      if (error.reason === "internal") log.error("a run's events could not be read", { run: runId, error: thrown });
      // No `finish`: this is the end of what can be read, not of the run.
      return encodeFailure(error, format);
    },
  });
  const response = new Response(body, {
    headers: {
      ...eventStreamHeaders,
      "content-type": contentTypes[format],
      "x-run-id": runId,
      ...headers,
    },
  });
  return response as unknown as EventStream;
}

function encodeFailure(error: ApiError, format: StreamFormat): string {
  const event = failureEvent(error);
  const data = JSON.stringify(event);
  return format === "sse" ? `event: ${event.type}\ndata: ${data}\n\n` : `${data}\n`;
}

type Encode = (events: readonly NumberedEvent[]) => string;

function sseEncoder(runId: string): Encode {
  return (events) =>
    events.reduce((text, { seq, event, json }) => text + encodeSse(`${runId}.${seq}`, event.type, json), "");
}

function encodeLines(events: readonly NumberedEvent[]): string {
  return events.reduce((text, { json }) => `${text}${json}\n`, "");
}

function askedFormat(request: Request): StreamFormat | undefined {
  const asked = new URL(request.url, "http://localhost").searchParams.get("format");
  if (asked === "ndjson" || asked === "sse") return asked;
  const accepted = header(request, "accept") ?? "";
  if (accepted.includes("application/x-ndjson")) return "ndjson";
  return accepted.includes("text/event-stream") ? "sse" : undefined;
}
