import { Type, type Static } from "@sinclair/typebox";
import { FinishReason, Usage } from "./events.ts";
import { Pricing } from "./models.ts";
import { Maybe } from "./maybe.ts";

export const strategies = ["order", "weighted", "least_busy", "lowest_latency", "cheapest"] as const;
/** How the router orders those who could answer. */
export const Strategy = Type.Unsafe<(typeof strategies)[number]>(
  Type.Union(
    strategies.map((name) => Type.Literal(name)),
    { expected: `one of ${strategies.join(", ")}` },
  ),
);
export type Strategy = Static<typeof Strategy>;

/** One who could answer, as the router saw it when it decided. */
export const Considered = Type.Object({
  provider: Type.String(),
  model: Maybe(Type.String()),
  /** Why it was left out; null for a candidate. */
  skipped: Maybe(Type.String()),
  /** Moving average of the time to the first token, in milliseconds; null before the first answer. */
  latency_ms: Maybe(Type.Number()),
  /** Failures within five minutes. */
  errors: Type.Integer(),
  /** Answers that it was producing. */
  busy: Type.Integer(),
  weight: Type.Number(),
  pricing: Maybe(Pricing),
});
export type Considered = Static<typeof Considered>;

/** What the router decided, without having asked anybody: candidates in the order in which they are tried. */
export const Decision = Type.Object({
  /** The model or route that was asked for; null for any. */
  asked: Maybe(Type.String()),
  /** The route of the settings that was taken. */
  route: Maybe(Type.String()),
  strategy: Strategy,
  /** Milliseconds without a token after which a second one is asked beside it; null for never. */
  hedge_after_ms: Maybe(Type.Number()),
  candidates: Type.Array(
    Type.Object({
      provider: Type.String(),
      model: Type.String(),
      /** Which of the server's keys, counted from 1, where it has several. */
      key: Type.Optional(Type.Integer({ minimum: 1 })),
      /** Milliseconds without a token after which the next one is tried; null for the provider's own limits alone. */
      first_token_timeout_ms: Maybe(Type.Number()),
    }),
  ),
  considered: Type.Array(Considered),
});
export type Decision = Static<typeof Decision>;

/** How a try at an answer ended. */
export const AttemptOutcome = Type.Union([
  Type.Literal("running"),
  Type.Literal("answered"),
  Type.Literal("failed"),
  Type.Literal("cancelled"),
  /** Another one, asked beside it, was faster. */
  Type.Literal("lost"),
  /** Not asked after all: it had begun to cool, or was at a limit. */
  Type.Literal("skipped"),
]);
export type AttemptOutcome = Static<typeof AttemptOutcome>;

/** One try at an answer. Times are milliseconds after the beginning of the run. */
export const Attempt = Type.Object({
  provider: Type.String(),
  model: Type.String(),
  key: Type.Optional(Type.Integer({ minimum: 1 })),
  started_ms: Type.Number(),
  first_token_ms: Maybe(Type.Number()),
  ended_ms: Maybe(Type.Number()),
  outcome: AttemptOutcome,
  /** The class of its failure, and its text. */
  error: Maybe(Type.String()),
  message: Maybe(Type.String()),
  /** Asked beside one that was slow. */
  hedge: Type.Boolean(),
  /** Whether the caller's tools were put into words for it. */
  tool_emulation: Type.Boolean(),
});
export type Attempt = Static<typeof Attempt>;

/** A tool of ours that was called, or the search before a question. Times are milliseconds after the beginning of the run. */
export const TracedCall = Type.Object({
  name: Type.String(),
  started_ms: Type.Number(),
  ended_ms: Maybe(Type.Number()),
});
export type TracedCall = Static<typeof TracedCall>;

/** What a run came to. Times are milliseconds after its beginning, the cost is in US dollars where the price is known. */
export const TraceEnd = Type.Object({
  reason: FinishReason,
  ended_ms: Type.Number(),
  usage: Maybe(Usage),
  cost: Maybe(Type.Number()),
});
export type TraceEnd = Static<typeof TraceEnd>;

/** How an answer came about. `end` is missing while it does, `calls` where there were none. */
export const RunTrace = Type.Object({
  run_id: Type.String(),
  created_at: Type.String(),
  decision: Decision,
  attempts: Type.Array(Attempt),
  calls: Type.Optional(Type.Array(TracedCall)),
  end: Type.Optional(TraceEnd),
});
export type RunTrace = Static<typeof RunTrace>;
