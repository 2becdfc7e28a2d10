import { Type, type Static, type TSchema } from "@sinclair/typebox";
import { maxNameLength } from "./chat.ts";

const optional = <T extends TSchema>(schema: T, expected: string) =>
  Type.Optional(Type.Union([schema, Type.Null()], { expected }));

/** More than anything uses at once: sums of it stay exact. */
const most = 1_000_000_000;
const count = () => optional(Type.Integer({ minimum: 0, maximum: most }), `a whole number from 0 to ${most}`);
const name = () => optional(Type.String({ maxLength: maxNameLength }), `a text of at most ${maxNameLength} characters`);

/**
 * What a client tells of what it asked elsewhere; all of it may be missing. Further keys are kept. The same `run_id` of the
 * same owner counts once, also where it is a run of this server, which has counted it already.
 */
export const ReportedUsage = Type.Object(
  {
    run_id: optional(Type.String(), "a string"),
    user: name(),
    provider: name(),
    model: name(),
    prompt_tokens: count(),
    completion_tokens: count(),
    /** The sum of both where it is missing. */
    total_tokens: count(),
    /** What somebody had kept; where it is missing, `prompt_tokens_details.cached_tokens`. */
    saved_tokens: count(),
    /** In US dollars. */
    cost: optional(Type.Number({ minimum: 0, maximum: 100_000 }), "a number from 0 to 100000"),
  },
  { additionalProperties: true, expected: "a JSON object" },
);
export type ReportedUsage = Static<typeof ReportedUsage>;

/** What some runs came to. `cost` is in US dollars, of those whose price is known. */
export const UsageCounts = Type.Object({
  requests: Type.Integer(),
  prompt_tokens: Type.Integer(),
  completion_tokens: Type.Integer(),
  saved_tokens: Type.Integer(),
  total_tokens: Type.Integer(),
  cost: Type.Number(),
});
export type UsageCounts = Static<typeof UsageCounts>;

const Group = Type.Record(Type.String(), UsageCounts);

/**
 * Usage by day, the oldest first, of days that have any; and by model, provider and user, those with most tokens first, a
 * thousand of each at most. What names no model or provider is under `""`, what names no user under its owner.
 */
export const UsageStats = Type.Object({
  days: Type.Array(Type.Composite([Type.Object({ date: Type.String() }), UsageCounts])),
  models: Group,
  providers: Group,
  users: Group,
  totals: UsageCounts,
});
