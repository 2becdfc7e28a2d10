import { ChatRequest, MediaFields, Sampling as SamplingFields } from "../protocol/chat.ts";
import type { AskedMessage, MediaSettings, Message } from "../protocol/chat.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { ProviderChat, Sampling } from "../providers/provider.ts";
import { emulateTools } from "./emulation/prompt.ts";
import { withoutSources } from "./search/earlier-sources.ts";

const continuation = "Go on exactly where your last answer stopped, without repeating anything of it.";

/** Fields that clients send and that mean nothing here. */
const silentlyDropped = new Set(["proxy", "stream", "stream_options"]);

/** The messages of a request, with what asks to go on. */
export function toMessages({ messages, action }: ChatRequest): readonly AskedMessage[] {
  const last = messages.at(-1);
  if (action !== "continue" || last?.role !== "assistant") return messages;
  return [...messages.slice(0, -1), withoutSources(last), { role: "user", content: continuation }];
}

/** OpenAI's newer name of the limit means the same. */
function withOneLimit(request: Omit<ChatRequest, "tools">): Record<string, unknown> {
  const { max_completion_tokens: limit, ...rest } = request as Record<string, unknown>;
  return typeof limit === "number" && Number.isInteger(limit) ? { max_tokens: limit, ...rest } : rest;
}

/** Whether the caller's tools go into words for a model: where it has none, or the caller wants it so. */
export function emulatesTools(request: ChatRequest, { provider, model }: Candidate): boolean {
  const { tool_choice: choice, tool_emulation } = request;
  if (!usesTools(request) || tool_emulation === false) return false;
  const accepted = provider.parameters(model);
  // One that cannot be told to call a tool is told in words.
  const isForced = choice != null && choice !== "auto" && choice !== "none" && !Object.hasOwn(accepted, "tool_choice");
  return tool_emulation === true || isForced || !Object.hasOwn(accepted, "tools");
}

/** Whether it offers tools, or tells of calls that were made. */
export function usesTools({ tools, messages }: ChatRequest): boolean {
  return (tools ?? []).length > 0 || messages.some(({ role, tool_calls }) => role === "tool" || tool_calls?.length);
}

/** The fields of a request that one candidate takes. */
export interface Fields {
  readonly sampling: Sampling;
  readonly media: MediaSettings;
  /** What its provider passes on. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Chooses them; what is left out is noted. */
export function toFields(
  request: Omit<ChatRequest, "tools">,
  { provider, model }: Pick<Candidate, "provider" | "model">,
  notes: string[],
): Fields {
  const accepted = provider.parameters(model);
  const sampling: Record<string, unknown> = {};
  const media: Record<string, unknown> = {};
  const extra: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const [field, value] of Object.entries(withOneLimit(request))) {
    if (value == null || silentlyDropped.has(field)) continue;
    const isKnown = Object.hasOwn(SamplingFields, field) || Object.hasOwn(MediaFields, field);
    if (isKnown && Object.hasOwn(accepted, field)) {
      if (Object.hasOwn(SamplingFields, field)) sampling[field] = value;
      if (Object.hasOwn(MediaFields, field)) media[field] = value;
    } else if (provider.passes.includes(field)) extra[field] = value;
    else if (isKnown || !Object.hasOwn(ChatRequest.properties, field)) dropped.push(field);
  }
  if (dropped.length > 0)
    notes.push(
      `${provider.name} was not sent: ${dropped.map((field) => JSON.stringify(field.slice(0, 40))).join(", ")}`,
    );
  // Every field was checked by the request's schema, from which these types are derived.
  return { sampling: sampling as Sampling, media: media as MediaSettings, extra };
}

/** A request as one candidate gets it. */
export function toChat(
  asked: ChatRequest,
  messages: readonly Message[],
  { provider, model }: Candidate,
  isEmulated: boolean,
  notes: string[],
): ProviderChat {
  const { tools, tool_choice, parallel_tool_calls, ...rest } = asked;
  // What may not be called is not offered, where the provider cannot be told so.
  const isForbidden = tool_choice === "none" && !Object.hasOwn(provider.parameters(model), "tool_choice");
  return {
    ...toFields(isEmulated || isForbidden ? rest : asked, { provider, model }, notes),
    model,
    messages: isEmulated ? emulateTools(messages, { tools, tool_choice, parallel_tool_calls }) : messages,
    state: asked.conversation?.[provider.name],
  };
}
