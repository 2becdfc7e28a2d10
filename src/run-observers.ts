import type { Config } from "./config/load.ts";
import type { Log } from "./lib/log.ts";
import type { Registry } from "./providers/registry.ts";
import type { RunObserver } from "./runs/observer.ts";
import { createRunLog } from "./runs/run-log.ts";
import { openTracing } from "./tracing/tracing.ts";
import { version } from "./version.ts";

/** Who hears of every run that ends. */
export interface RunObservers extends AsyncDisposable {
  readonly all: readonly RunObserver[];
}

export interface RunObserversParts {
  readonly config: Config;
  readonly registry: Registry;
  /** What counts them. */
  readonly counting: RunObserver;
  readonly log: Log;
}

/** The log, the counts, and the operator's collector where there is one. */
export function openRunObservers({ config, registry, counting, log }: RunObserversParts): RunObservers {
  const { collector, otlp_service_name: name, log_requests } = config;
  const closing = new AsyncDisposableStack();
  const tracing =
    collector && closing.use(openTracing({ collector, service: { name, version }, placeOf: registry.terms, log }));
  const runLog = createRunLog(log, log_requests ? "info" : "debug");
  return {
    all: [runLog, counting, ...(tracing ? [tracing] : [])],
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
