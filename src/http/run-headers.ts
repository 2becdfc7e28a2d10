import type { RunInfo } from "../protocol/runs.ts";
import type { RunTrace } from "../protocol/trace.ts";

/**
 * Who answers, as far as it is known when the headers leave: those of a stream leave at once, with the one that is
 * asked first; the events tell who answered.
 */
export function toRunHeaders(run: { info(): RunInfo; trace(): RunTrace }): Record<string, string> {
  const { provider, model } = run.info();
  return {
    ...(provider !== null && { "x-provider": encodeURI(provider) }),
    ...(model !== null && { "x-model": encodeURI(model.toWellFormed()) }),
    "x-attempts": String(Math.max(1, run.trace().attempts.length)),
  };
}
