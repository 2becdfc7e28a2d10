import { ChatRequest, Sampling as SamplingFields } from "../protocol/chat.ts";
import type { Message } from "../protocol/chat.ts";
import type { Provider, ProviderChat, Sampling } from "../providers/provider.ts";

const continuation = "Go on exactly where your last answer stopped, without repeating anything of it.";

/** Fields that clients send and that mean nothing here. */
const silentlyDropped = new Set(["proxy", "stream", "stream_options"]);

/** The messages of a request as providers get them. */
export function toMessages({ messages, action }: ChatRequest): readonly Message[] {
  if (action !== "continue" || messages.at(-1)?.role !== "assistant") return messages;
  return [...messages, { role: "user", content: continuation }];
}

/** OpenAI's newer name of the limit means the same. */
function withOneLimit(request: ChatRequest): Record<string, unknown> {
  const { max_completion_tokens: limit, ...rest } = request as Record<string, unknown>;
  return typeof limit === "number" && Number.isInteger(limit) ? { max_tokens: limit, ...rest } : rest;
}

/** A request as one provider gets it: only fields that it takes; what is left out is noted. */
export function toChat(
  request: ChatRequest,
  messages: readonly Message[],
  provider: Provider,
  model: string,
  notes: string[],
): ProviderChat {
  const accepted = provider.parameters(model);
  const sampling: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const [field, value] of Object.entries(withOneLimit(request))) {
    if (value == null || silentlyDropped.has(field)) continue;
    if (Object.hasOwn(SamplingFields, field)) {
      if (Object.hasOwn(accepted, field)) sampling[field] = value;
      else dropped.push(field);
    } else if (!Object.hasOwn(ChatRequest.properties, field)) {
      if (provider.passes.includes(field)) extra[field] = value;
      else dropped.push(field);
    }
  }
  if (dropped.length > 0)
    notes.push(
      `${provider.name} was not sent: ${dropped.map((field) => JSON.stringify(field.slice(0, 40))).join(", ")}`,
    );
  const state = request.conversation?.[provider.name];
  // Every field of it was checked by the request's schema, from which `Sampling` is derived.
  return { model, messages, sampling: sampling as Sampling, state, extra };
}
