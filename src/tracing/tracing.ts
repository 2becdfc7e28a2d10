import type { Log } from "../lib/log.ts";
import type { RunObserver } from "../runs/observer.ts";
import type { Place } from "./attributes.ts";
import type { Collector } from "./collector.ts";
import type { Exporting } from "./exporting.ts";

export interface TracingParts {
  readonly collector: Collector;
  /** What traces call this server, and which it is. */
  readonly service: { readonly name: string; readonly version: string };
  /** What is known of a provider that is the server's own. */
  readonly placeOf: (provider: string) => Place;
  readonly log: Log;
}

/** Sends how runs went to the operator's collector. Its libraries are loaded with the first run that ends. */
export function openTracing(parts: TracingParts): RunObserver & AsyncDisposable {
  let loading: Promise<Exporting | undefined> | undefined;

  return {
    ended(run) {
      loading ??= load();
      void loading
        .then((exporting) => exporting?.add(run))
        .catch((error: unknown) => parts.log.error("a run could not be traced", { run: run.row.run_id, error }));
    },
    async [Symbol.asyncDispose]() {
      await (await loading)?.close();
    },
  };

  async function load(): Promise<Exporting | undefined> {
    try {
      const { createExporting } = await import("./exporting.ts");
      return createExporting(parts);
    } catch (error) {
      parts.log.error("traces cannot be sent", { error });
      return undefined;
    }
  }
}
