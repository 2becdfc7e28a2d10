import { type Clock, msSince, utcDay } from "../lib/clock.ts";
import { countAt } from "../lib/json.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { Prices } from "../providers/prices.ts";
import type { Plan } from "../routing/router.ts";
import type { UsageRow } from "../store/usage.ts";
import type { Attempts } from "./attempts.ts";

export interface UsageRowParts {
  readonly id: string;
  readonly owner: string;
  readonly keyId: string | null;
  readonly plan: Plan;
  readonly attempts: Attempts;
  readonly prices: Prices;
  readonly startedAt: number;
  readonly clock: Clock;
}

/** What a run that is over has used. */
export function toUsageRow({ user }: ChatRequest, parts: UsageRowParts): UsageRow {
  const { id, owner, keyId, plan, attempts, prices, startedAt, clock } = parts;
  const { answer, reason, failure } = attempts;
  const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0, ...details } = answer?.usage() ?? {};
  const { provider, model } = answer?.candidate ?? plan.candidates[0];
  return {
    run_id: id,
    owner,
    key_id: keyId,
    user: user || null,
    created_at: startedAt,
    day: utcDay(startedAt),
    provider: provider.name,
    model: answer?.model ?? model,
    prompt_tokens,
    completion_tokens,
    total_tokens,
    saved_tokens: countAt(details, "prompt_tokens_details", "cached_tokens") ?? 0,
    cost: answer?.cost(prices) ?? null,
    details: JSON.stringify(details),
    outcome: reason,
    error: reason === "error" ? (failure?.class ?? null) : null,
    duration_ms: msSince(startedAt, clock()),
    first_token_ms: answer?.firstTokenAt === undefined ? null : msSince(startedAt, answer.firstTokenAt),
  };
}
