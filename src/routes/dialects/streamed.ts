import { type Connection, unhurried } from "../../http/body.ts";
import { comments, eventStreamHeaders, toEventStream } from "../../http/event-stream.ts";
import type { StreamWatch } from "../../http/stream-watch.ts";
import type { Log } from "../../lib/log.ts";
import { type ApiError, toApiError } from "../../protocol/errors.ts";

export interface StreamOptions extends Connection {
  readonly contentType: string;
  /** Beside those of the run. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What says that the stream is alive, and nothing else. */
  readonly heartbeat?: string;
}

/** Of events whose readers pass over comments. */
export const eventStream = { contentType: eventStreamHeaders["content-type"], heartbeat: comments.heartbeat };

/** What is streamed, and how its pieces are written. */
export interface Streamed<T> {
  /** The run that it is of, or the first of several. */
  readonly run: { readonly runId: string; readonly headers: Readonly<Record<string, string>> };
  /** What is read. The head leaves once this is there: what fails before has a status of its own. */
  open(): Promise<AsyncIterator<T>>;
  encode(piece: T): string;
  encodeFailure(failure: ApiError): string;
}

export interface StreamParts {
  readonly log: Log;
  readonly streams: Pick<StreamWatch, "watch">;
}

/** A run's answer as a response that is written while it comes. @throws what `open` does */
export async function toStreamed<T>(
  { run, open, encode, encodeFailure }: Streamed<T>,
  { contentType, headers = {}, heartbeat, ...connection }: StreamOptions,
  { log, streams }: StreamParts,
): Promise<Response> {
  // Nobody is told anything until it begins, which has limits of its own.
  const reader = await unhurried(connection, open);
  const body = toEventStream(reader, {
    request: connection.request,
    server: connection.server,
    watch: streams.watch,
    encode,
    encodeFailure(thrown) {
      const failure = toApiError(thrown);
      if (failure.reason === "internal")
        log.error("a run's events could not be read", { run: run.runId, error: thrown });
      return encodeFailure(failure);
    },
    ...(heartbeat !== undefined && { heartbeat }),
  });
  return new Response(body, {
    headers: { ...eventStreamHeaders, "content-type": contentType, ...run.headers, ...headers },
  });
}
