import type { RunTrace } from "../protocol/trace.ts";

/**
 * Who answers, as far as it is known when the headers leave: those of a stream leave at once, with the one that is
 * being asked then; the events tell who answered.
 */
export function toRunHeaders({ attempts, decision }: RunTrace): Record<string, string> {
  const asked = attempts.filter(({ outcome }) => outcome !== "skipped");
  const { provider = "", model = "" } = asked.at(-1) ?? decision.candidates[0] ?? {};
  return { ...toAnswererHeaders(provider, model), "x-attempts": String(Math.max(1, asked.length)) };
}

/** Who answers, in letters that a header can hold. */
export function toAnswererHeaders(provider: string, model: string): Record<string, string> {
  return { "x-provider": encodeURI(provider), "x-model": encodeURI(model.toWellFormed()) };
}
