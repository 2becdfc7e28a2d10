import { toSeconds } from "../../../lib/clock.ts";
import type { ApiError } from "../../../protocol/errors.ts";
import type { Usage } from "../../../protocol/events.ts";
import type { ResponsesBody } from "./body.ts";
import type { OutputItem } from "./output.ts";

export type ResponseStatus = "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";

/** What came of a request, so far or at its end. */
export interface Outcome {
  readonly status: ResponseStatus;
  /** Who really answers, once that is known. */
  readonly model: string | undefined;
  readonly output: readonly OutputItem[];
  readonly usage: object | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: string } | null;
}

/** What is told of a response from the beginning: its request, and when it came. */
export type About = ReturnType<typeof toAbout>;

/** @param createdAt in milliseconds since 1970 */
export function toAbout(body: ResponsesBody, id: string, createdAt: number) {
  return {
    id,
    object: "response" as const,
    created_at: toSeconds(createdAt),
    background: body.background ?? false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    metadata: body.metadata ?? {},
    model: body.model || "auto",
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: body.reasoning?.summary ?? null },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: "default" as const,
    store: body.store ?? true,
    temperature: body.temperature ?? null,
    text: { ...body.text, format: body.text?.format ?? { type: "text" as const } },
    tool_choice: body.tool_choice ?? ("auto" as const),
    tools: body.tools ?? [],
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? null,
    truncation: body.truncation ?? ("disabled" as const),
    ...(body.user != null && { user: body.user }),
  };
}

/**
 * https://platform.openai.com/docs/api-reference/responses/object
 *
 * @param completedAt in milliseconds since 1970
 */
export function toResponse(about: About, outcome: Outcome, completedAt: number | null = null) {
  const { status, model, output, usage, error, incomplete_details } = outcome;
  return {
    ...about,
    status,
    completed_at: status === "completed" && completedAt !== null ? toSeconds(completedAt) : null,
    error,
    incomplete_details,
    model: model || about.model,
    output,
    usage,
  };
}

/** How a response stands of which nothing is known yet, or never will be. */
export function withoutOutput(status: ResponseStatus, error: Outcome["error"] = null): Outcome {
  return { status, model: undefined, output: [], usage: null, error, incomplete_details: null };
}

export function toResponseUsage(usage: Usage) {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: {
      cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
      cache_write_tokens: usage.prompt_tokens_details?.cache_creation_tokens ?? 0,
    },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? 0 },
    total_tokens: usage.total_tokens,
  };
}

/** By the few codes that their clients know in a response. */
export function toResponseError({ message, status }: ApiError): { code: string; message: string } {
  if (status === 429) return { code: "rate_limit_exceeded", message };
  return { code: status === 400 || status === 413 ? "invalid_prompt" : "server_error", message };
}
