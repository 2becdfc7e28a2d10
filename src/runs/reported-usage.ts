import { utcDay } from "../lib/clock.ts";
import { createId } from "../lib/ids.ts";
import { countAt } from "../lib/json.ts";
import { createCheck, explainMismatch } from "../lib/schema.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import { ReportedUsage } from "../protocol/usage.ts";
import type { UsageRow } from "../store/usage.ts";

const compiled = createCheck(ReportedUsage);

/** What a client tells of what it asked elsewhere. @throws {ApiError} `invalid_request`, naming the field and never its value */
export function parseReportedUsage(value: unknown): ReportedUsage {
  if (!compiled.Check(value)) throw new ApiError("invalid_request", explainMismatch(compiled, value));
  if (value.run_id) assertId("run_id", value.run_id);
  return value;
}

/** Its row. No budget is charged: what it tells of was paid elsewhere. */
export function toReportedRow(body: ReportedUsage, { owner, keyId }: Caller, now: number): UsageRow {
  const { run_id, user, provider, model, prompt_tokens, completion_tokens, total_tokens, saved_tokens, cost, ...rest } =
    body;
  const prompt = prompt_tokens ?? 0;
  const completion = completion_tokens ?? 0;
  return {
    run_id: run_id || createId("client"),
    owner,
    key_id: keyId,
    user: user || null,
    created_at: now,
    day: utcDay(now),
    provider: provider ?? null,
    model: model ?? null,
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total_tokens ?? prompt + completion,
    saved_tokens: saved_tokens ?? countAt(rest, "prompt_tokens_details", "cached_tokens") ?? 0,
    cost: cost ?? null,
    details: JSON.stringify(rest),
    outcome: "stop",
    error: null,
    duration_ms: 0,
    first_token_ms: null,
  };
}
