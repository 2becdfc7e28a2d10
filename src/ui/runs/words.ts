import type { FinishReason } from "../../protocol/events.ts";
import type { RunInfo, RunState } from "../../protocol/runs.ts";
import type { Attempt, AttemptOutcome, Considered, RunTrace, Strategy } from "../../protocol/trace.ts";
import { toCountOf, toDuration } from "../parts/amounts.ts";

/** What the contract's names are called on the page. */

export const stateWords: Readonly<Record<RunState, string>> = {
  running: "Running",
  finished: "Finished",
  failed: "Failed",
  cancelled: "Cancelled",
  interrupted: "Interrupted",
};

export const outcomeWords: Readonly<Record<AttemptOutcome, string>> = {
  running: "Running",
  answered: "Answered",
  failed: "Failed",
  cancelled: "Cancelled",
  lost: "Another was faster",
  skipped: "Not asked after all",
};

const reasonWords: Readonly<Record<FinishReason, string>> = {
  stop: "The model was done",
  length: "It reached its greatest length",
  tool_calls: "It asks for tools",
  content_filter: "The provider's filter ended it",
  error: "It failed",
  cancelled: "It was cancelled",
};

export const toReasonWords = (reason: FinishReason | null) => (reason === null ? undefined : reasonWords[reason]);

const strategyWords: Readonly<Record<Strategy, string>> = {
  order: "in the order of the settings",
  weighted: "at random, by their weights",
  least_busy: "the least busy first",
  lowest_latency: "the fastest first",
  cheapest: "the cheapest first",
};

/** What was asked for, and how the router chose, in sentences. */
export function tellDecision({ asked, route, strategy, hedge_after_ms, candidates }: RunTrace["decision"]): string {
  const what = asked === null ? "No model was named." : `${asked} was asked for.`;
  const how =
    candidates.length === 1
      ? "One could answer."
      : `${candidates.length} could answer, and are tried ${strategyWords[strategy]}.`;
  return [
    what,
    ...(route === null ? [] : [`The route ${route} of the settings was taken.`]),
    how,
    ...(hedge_after_ms === null
      ? []
      : [`After ${toDuration(hedge_after_ms)} without a token a second one is asked beside the first.`]),
  ].join(" ");
}

/** `OpenAI · gpt-5, key 2` */
export function toName({ provider, model, key }: Partial<Pick<Attempt, "provider" | "model" | "key">>): string {
  return `${[provider, model].filter(Boolean).join(" · ")}${key === undefined ? "" : `, key ${key}`}`;
}

/** What the router knew of one who could answer. */
export function tellKnown({ latency_ms, errors, busy, pricing }: Considered): string {
  return [
    latency_ms === null ? "not asked so far" : `first token after ${toDuration(latency_ms)} on average`,
    ...(errors > 0 ? [toCountOf(errors, "failure lately", "failures lately")] : []),
    ...(busy > 0 ? [toCountOf(busy, "other answer at once", "other answers at once")] : []),
    ...(pricing ? [`$${pricing.input} in and $${pricing.output} out for a million tokens`] : []),
  ].join("; ");
}

/** How long it took, or has taken so far. */
export function toElapsed({ created_at, ended_at }: Pick<RunInfo, "created_at" | "ended_at">, now: number): number {
  return Math.max(0, (ended_at === null ? now : Date.parse(ended_at)) - Date.parse(created_at));
}
