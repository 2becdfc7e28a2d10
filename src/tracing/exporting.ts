import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { within } from "../lib/deadline.ts";
import type { EndedRun } from "../runs/observer.ts";
import { createExporter } from "./exporter.ts";
import { countSpans, writeSpans } from "./spans.ts";
import type { TracingParts } from "./tracing.ts";

/** What the tracing of a server is made of, once the first run has ended. */
export interface Exporting {
  add(run: EndedRun): void;
  /** Sends what waits, for a moment. */
  close(): Promise<void>;
}

/** How many spans wait at most; beyond, whole runs are left out. About 3 MB. */
const maxWaiting = 4096;
/** Writing a batch down takes about 2 ms, in which nothing else is done. */
const batchSize = 256;
/** Longest wait for the collector when the server stops. */
const lastMs = 1500;
/** A collector that fails is told of so often, and no more. */
const silenceMs = 10 * 60_000;
/** Names of models come from outside. */
const maxLength = 256;

export function createExporting({ collector, service, placeOf, log }: TracingParts): Exporting {
  let waiting = 0;
  let lost = 0;
  let toldAt = -Infinity;
  const onTaken = (spans: number) => void (waiting -= spans);
  const exporter = createExporter({ collector, onTaken, onLost });
  const processor = new BatchSpanProcessor({ exporter, maxQueueSize: maxWaiting, maxExportBatchSize: batchSize });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ "service.name": service.name, "service.version": service.version }),
    ),
    spanProcessors: [processor],
    spanLimits: { attributeValueLengthLimit: maxLength },
  });
  const tracer = provider.getTracer("parley", service.version);

  return {
    add(run) {
      if (run.caller.parent?.isSampled === false) return;
      const spans = countSpans(run);
      if (waiting + spans > maxWaiting) return onLost(spans, "it is too slow");
      waiting += spans;
      writeSpans(run, { tracer, placeOf });
    },
    async close() {
      exporter.hurry();
      const ending = provider
        .shutdown()
        .catch((error: unknown) => log.debug("the last traces were not sent", { error }));
      await within(ending, lastMs);
      await exporter.shutdown();
      // What is cut off so is told of.
      await within(ending, lastMs);
    },
  };

  function onLost(spans: number, why: string): void {
    lost += spans;
    const now = performance.now();
    if (now - toldAt < silenceMs) return;
    toldAt = now;
    // Its path may hold a key.
    const { host } = new URL(collector.url);
    log.warn("traces do not reach their collector; this is said every ten minutes", { collector: host, why, lost });
    lost = 0;
  }
}
