import { ApiError } from "../protocol/errors.ts";
import { type Connection, idleSeconds } from "./body.ts";
import type { StreamWatch } from "./stream-watch.ts";

/** Quiet streams are cut by proxies and by the server's own idle timer: a comment goes out before. */
const heartbeatMs = 8_000;

/**
 * Arbitrary. Whoever takes nothing holds a run, or what it holds in memory; and a run that can be joined is found again.
 * It counts from when the system's own buffers are full, some megabytes.
 */
const usualStallMs = 60_000;

/** Nothing between us and the reader may keep, or gather, what is said. */
export const eventStreamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/** Lines that begin with a colon mean nothing (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export const comments = { opening: ": open\n\n", heartbeat: ": \n\n" } as const;

export interface EventStreamOptions<T> extends Connection {
  readonly encode: (value: T) => string;
  /** What is said last, where the reading fails. */
  readonly encodeFailure: (thrown: unknown) => string;
  /** What is said before anything else, so that the headers leave at once, however long the first event takes. */
  readonly opening?: string;
  /** What means nothing but that the stream is alive; where there is no such thing a quiet stream may be cut. */
  readonly heartbeat?: string;
  /** Ends it where its caller may not stay; for what lives on. */
  readonly watch?: StreamWatch["watch"];
  /** How long the client may take nothing while something waits for it, in milliseconds. */
  readonly stallMs?: number;
}

const encoder = new TextEncoder();

/**
 * What is read, as the body of a response. The next is asked for when the client has taken the last: nothing piles up. A
 * client that leaves ends the reading, whatever it is waiting for; so does one that has stopped taking anything, and its
 * connection is broken, so that nobody takes a part for the whole.
 */
export function toEventStream<T>(
  reader: AsyncIterator<T>,
  { request, server, encode, encodeFailure, opening, heartbeat, watch, stallMs = usualStallMs }: EventStreamOptions<T>,
): ReadableStream<Uint8Array> {
  let beating: Timer | undefined;
  let stall: Timer | undefined;
  let refused: ApiError | undefined;
  const leave = () => {
    forget?.();
    void reader.return?.();
  };
  const forget = watch?.(request, (why) => {
    refused = why;
    leave();
  });
  // What is waited for may take longer than a connection may be idle.
  server?.timeout(request, 0);
  request.signal.addEventListener("abort", leave, { once: true });
  if (request.signal.aborted) leave();

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (opening !== undefined) controller.enqueue(encoder.encode(opening));
        if (heartbeat === undefined) return;
        beating = setInterval(() => {
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(heartbeat));
        }, heartbeatMs);
      },
      async pull(controller) {
        clearTimeout(stall);
        const { done, value } = await reader.next().catch((thrown: unknown) => {
          controller.enqueue(encoder.encode(encodeFailure(thrown)));
          return { done: true, value: undefined } as const;
        });
        beating?.refresh();
        if (!done) {
          controller.enqueue(encoder.encode(encode(value)));
          if ((controller.desiredSize ?? 1) <= 0) stall = setTimeout(breakOff, stallMs, controller);
          return;
        }
        if (refused) controller.enqueue(encoder.encode(encodeFailure(refused)));
        clearInterval(beating);
        forget?.();
        request.signal.removeEventListener("abort", leave);
        server?.timeout(request, idleSeconds);
        controller.close();
      },
      cancel() {
        clearInterval(beating);
        clearTimeout(stall);
        leave();
      },
    },
    { highWaterMark: 2 },
  );

  function breakOff(controller: ReadableStreamDefaultController): void {
    clearInterval(beating);
    leave();
    controller.error(new ApiError("cancelled", "nothing was read for too long"));
  }
}
