import { arrayAt, countAt, textAt } from "../lib/json.ts";
import type { Message } from "../protocol/chat.ts";
import type { Model } from "../protocol/models.ts";
import { createModel } from "./model-traits.ts";
import { createStreamDecoder } from "./openai-stream.ts";
import type { Adapter, ProviderChat, ProviderOptions } from "./provider.ts";
import { createWireProvider, type Wire } from "./wire.ts";

/** What tells one OpenAI-compatible upstream from another. */
export interface CompatibleOptions {
  readonly name: string;
  readonly label?: string;
  readonly url: string | null;
  readonly loginUrl?: string;
  /** With its version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly aliases?: readonly string[];
  readonly keyNames?: readonly string[];
  readonly addressNames?: readonly string[];
  /** For those who name none: the first that is listed. */
  readonly usualModels?: readonly string[];
  /** A runtime on this machine: no key, and looked for at its `baseUrl`. */
  readonly local?: { readonly probePath: string };
  /** Models that refuse `max_tokens` and want `max_completion_tokens`. */
  readonly renamesMaxTokens?: RegExp;
  /** Fields that a model refuses, of those that most take. */
  refuses?(model: string): readonly string[];
}

const passes = ["logit_bias", "logprobs", "top_logprobs", "top_k", "min_p", "repetition_penalty", "user", "verbosity"];

const parameters = {
  temperature: 1,
  top_p: 1,
  max_tokens: 4096,
  stop: ["stop1"],
  seed: null,
  frequency_penalty: 0,
  presence_penalty: 0,
  tools: [],
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning_effort: "medium",
  response_format: null,
};

/** An adapter for an upstream that speaks chat completions: https://platform.openai.com/docs/api-reference/chat */
export function createCompatibleAdapter(it: CompatibleOptions): Adapter {
  const { name, keyNames = [], aliases = [], addressNames = [] } = it;
  const identity = {
    label: it.label ?? name,
    url: it.url,
    loginUrl: it.loginUrl ?? null,
    loadsModels: it.local !== undefined,
    usualModels: it.usualModels ?? [],
    passes,
    parameters: (model: string) => omit(parameters, it.refuses?.(model) ?? []),
  };
  return {
    name,
    aliases,
    keyNames,
    addressNames,
    ...(it.local && { localAddress: it.baseUrl, probePath: it.local.probePath }),
    open(options) {
      // Servers of one's own often want no key.
      const auth = keyNames.length > 0 && (options.baseUrl === undefined || options.apiKey !== undefined);
      return createWireProvider({ ...identity, auth, name: options.name }, createWire(it, options), options);
    },
  };
}

function createWire(it: CompatibleOptions, options: ProviderOptions): Wire {
  return {
    baseUrl: options.baseUrl ?? it.baseUrl,
    framing: "sse",
    headers: (key) => ({ ...(key !== undefined && { authorization: `Bearer ${key}` }) }),
    chatPath: () => "/chat/completions",
    toBody: (chat) => toBody(chat, it.renamesMaxTokens?.test(chat.model) ?? false),
    decoder: createStreamDecoder,
    modelsPath: "/models",
    toModels,
  };
}

function omit(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function toBody(chat: ProviderChat, renamesMaxTokens: boolean): Record<string, unknown> {
  const { max_tokens, tools, tool_choice, parallel_tool_calls, ...sampling } = chat.sampling;
  return {
    ...chat.extra,
    ...sampling,
    // Without tools their settings are refused, and so is an empty list.
    ...(tools?.length && {
      tools,
      ...(tool_choice != null && { tool_choice }),
      ...(parallel_tool_calls != null && { parallel_tool_calls }),
    }),
    ...(max_tokens != null && { [renamesMaxTokens ? "max_completion_tokens" : "max_tokens"]: max_tokens }),
    model: chat.model,
    messages: chat.messages.map(toMessage),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** Field by field: strict upstreams refuse what clients keep on their messages, and few know `developer`. */
function toMessage({ role, content, name, tool_calls, tool_call_id }: Message): Record<string, unknown> {
  return {
    role: role === "developer" ? "system" : role,
    content: Array.isArray(content) && content.length === 0 ? "" : (content ?? null),
    ...(name && { name }),
    ...(tool_calls?.length && {
      tool_calls: tool_calls.map(({ index: _, ...call }) => ({ type: "function", ...call })),
    }),
    ...(tool_call_id && { tool_call_id }),
  };
}

/** OpenAI's list, or a bare array; OpenRouter, Mistral and vLLM add what a model can do. */
function toModels(body: unknown): Model[] {
  const list = Array.isArray(body) ? body : arrayAt(body, "data");
  return list.flatMap((entry: unknown) => {
    const id = textAt(entry, "id");
    if (id === undefined) return [];
    const context = countAt(entry, "context_length") ?? countAt(entry, "max_model_len");
    const inputs = arrayAt(entry, "architecture", "input_modalities");
    const name = textAt(entry, "name");
    return createModel(id, {
      ...(name && { label: name }),
      ...(context !== undefined && { context_length: context }),
      ...(inputs.length > 0 && { vision: inputs.includes("image") }),
    });
  });
}
