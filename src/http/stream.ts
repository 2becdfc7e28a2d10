import { encodeSse } from "../lib/sse.ts";
import type { RunEvent } from "../protocol/events.ts";

/** Quiet streams are cut by proxies and by the server's own idle timer: a comment goes out before. */
const heartbeatMs = 8_000;

export type StreamFormat = "sse" | "ndjson";

export interface EventStream {
  readonly runId: string;
  readonly events: AsyncIterator<RunEvent[]>;
  readonly format: StreamFormat;
  /** Called before its last byte leaves. */
  onEnd(): void;
}

const contentTypes: Readonly<Record<StreamFormat, string>> = {
  sse: "text/event-stream; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
};

/**
 * The events of a run as a response. The next batch is asked for when the client has taken the last: a slow reader
 * holds the upstream back, and nothing piles up. A reader that leaves ends the run.
 */
export function streamResponse({ runId, events, format, onEnd }: EventStream): Response {
  const encoder = new TextEncoder();
  let sequence = 0;
  let heartbeat: Timer | undefined;
  const encode = (batch: readonly RunEvent[]) => {
    let text = "";
    for (const event of batch) {
      const data = JSON.stringify(event);
      text += format === "sse" ? encodeSse(`${runId}.${++sequence}`, event.type, data) : `${data}\n`;
    }
    return encoder.encode(text);
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (format === "ndjson") return;
        // So that the headers leave at once, however long the model thinks.
        controller.enqueue(encoder.encode(": open\n\n"));
        heartbeat = setInterval(() => {
          if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(": \n\n"));
        }, heartbeatMs);
      },
      async pull(controller) {
        const { done, value } = await events.next();
        heartbeat?.refresh();
        if (!done) return controller.enqueue(encode(value));
        clearInterval(heartbeat);
        onEnd();
        controller.close();
      },
      cancel() {
        clearInterval(heartbeat);
        events.return?.().catch(() => {});
      },
    },
    { highWaterMark: 2 },
  );
  return new Response(body, {
    headers: {
      "content-type": contentTypes[format],
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      "x-run-id": runId,
    },
  });
}
