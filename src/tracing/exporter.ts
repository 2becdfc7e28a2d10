import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { pause } from "../lib/pause.ts";
import { type Answer, type Collector, isTaken, isToBeRepeated, post, toReason } from "./collector.ts";

/** All tries of one batch together, in milliseconds: what comes meanwhile waits, and what has no room is lost. */
const patienceMs = 20_000;
const maxTries = 4;

export interface ExporterParts {
  readonly collector: Collector;
  /** A batch was taken from those that wait. */
  readonly onTaken: (spans: number) => void;
  readonly onLost: (spans: number, why: string) => void;
}

export interface Exporter extends SpanExporter {
  /** What waits for another try is given up, and each batch has one from now on. */
  hurry(): void;
}

/**
 * Brings batches to the collector. The SDK's own exporter reads the environment by itself, waits for answers however slowly
 * they come, and tries on while the server is to stop.
 */
export function createExporter({ collector, onTaken, onLost }: ExporterParts): Exporter {
  const closing = new AbortController();
  const hurrying = new AbortController();
  const serializer = collector.protocol === "http/json" ? JsonTraceSerializer : ProtobufTraceSerializer;

  return {
    export(spans, done) {
      onTaken(spans.length);
      void send(spans)
        .catch((thrown: unknown) => onLost(spans.length, toReason(thrown)))
        // A success in any case: a batch that failed is not kept, and was told of.
        .finally(() => done({ code: 0 }));
    },
    hurry: () => hurrying.abort(),
    async shutdown() {
      closing.abort();
    },
  };

  async function send(spans: ReadableSpan[]): Promise<void> {
    const body = serializer.serializeRequest(spans);
    if (!body) return;
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(patienceMs)]);
    for (let tries = 1; ; tries++) {
      const answer = await post(collector, new Uint8Array(body), signal).catch((thrown: unknown) => ({ thrown }));
      if (!("thrown" in answer) && isTaken(answer)) return;
      const waitMs =
        tries < maxTries && !signal.aborted && !hurrying.signal.aborted ? toWaitMs(answer, tries) : undefined;
      if (waitMs === undefined) throw "thrown" in answer ? answer.thrown : new Error(`it answers ${answer.status}`);
      await pause(waitMs, AbortSignal.any([signal, hurrying.signal]));
    }
  }
}

/** How long it is left alone; `undefined` where another try would change nothing. */
function toWaitMs(answer: Answer | { readonly thrown: unknown }, tries: number): number | undefined {
  const usualMs = 1000 * 2 ** (tries - 1);
  if ("thrown" in answer) return usualMs;
  return isToBeRepeated(answer) ? (answer.retryAfterMs ?? usualMs) : undefined;
}
