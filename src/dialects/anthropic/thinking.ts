import { type Static, Type } from "@sinclair/typebox";

/** https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
export const Thinking = Type.Object(
  {
    type: Type.Union(
      [Type.Literal("enabled"), Type.Literal("adaptive"), Type.Literal("between_tools"), Type.Literal("disabled")],
      { expected: "one of enabled, adaptive, between_tools, disabled" },
    ),
    budget_tokens: Type.Optional(Type.Integer({ minimum: 1, expected: "a whole number above 0" })),
    display: Type.Optional(Type.Union([Type.String(), Type.Null()], { expected: "a string or null" })),
  },
  { additionalProperties: true, expected: "an object of type enabled, adaptive or disabled" },
);
type Thinking = Static<typeof Thinking>;

/** How much of the thinking an answer shows: all, that there was some, or nothing, as where nobody asked for it. */
export type ShownThinking = "whole" | "omitted" | "none";

export function shownThinking(thinking: Thinking | null | undefined): ShownThinking {
  if (thinking == null || thinking.type === "disabled") return "none";
  return thinking.display === "omitted" ? "omitted" : "whole";
}

/** The least budget of each effort, in tokens. None is taken for more than it says: it must stay below `max_tokens`. */
const efforts: readonly (readonly [number, string])[] = [
  [23_808, "high"],
  [8192, "medium"],
  [2048, "low"],
  [0, "minimal"],
];

/** What thinking and effort together are in one word; `undefined` where neither is asked for. */
export function toEffort(thinking: Thinking | null | undefined, effort: string | null | undefined): string | undefined {
  if (thinking?.type === "disabled") return "none";
  if (effort != null) return effort;
  if (thinking == null) return undefined;
  const { type, budget_tokens: budget } = thinking;
  if (type !== "enabled" || budget === undefined) return usualEffort;
  return efforts.find(([least]) => budget >= least)?.[1];
}

/** What the vendor's models do where nobody says how hard. */
const usualEffort = "high";
