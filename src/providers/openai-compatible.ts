import { arrayAt, at, isObject, countAt, textAt } from "../lib/json.ts";
import type { Message } from "../protocol/chat.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { FinishReason, ToolCall, Usage } from "../protocol/events.ts";
import type { Model } from "../protocol/models.ts";
import { codeOfStatus } from "./failure.ts";
import { createModel } from "./model-traits.ts";
import type { Adapter, ProviderChat, ProviderEvent, ProviderOptions } from "./provider.ts";
import { createWireProvider, StreamError, type Wire, type WireDecoder } from "./wire.ts";

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
  readonly usualModel?: string;
  /** A runtime on this machine: no key, and looked for at its `baseUrl`. */
  readonly local?: { readonly probePath: string };
  /** Models that refuse `max_tokens` and want `max_completion_tokens`. */
  readonly renamesMaxTokens?: RegExp;
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
    auth: keyNames.length > 0,
    loadsModels: it.local !== undefined,
    usualModel: it.usualModel,
    passes,
    parameters,
  };
  return {
    name,
    aliases,
    keyNames,
    addressNames,
    ...(it.local && { localAddress: it.baseUrl, probePath: it.local.probePath }),
    open: (options) => createWireProvider({ ...identity, name: options.name }, createWire(it, options), options),
  };
}

function createWire(it: CompatibleOptions, options: ProviderOptions): Wire {
  return {
    baseUrl: options.baseUrl ?? it.baseUrl,
    framing: "sse",
    headers: (key) => ({ ...(key !== undefined && { authorization: `Bearer ${key}` }) }),
    chatPath: () => "/chat/completions",
    toBody: (chat) => toBody(chat, it.renamesMaxTokens?.test(chat.model) ?? false),
    decoder: createDecoder,
    modelsPath: "/models",
    toModels,
  };
}

function toBody(chat: ProviderChat, renamesMaxTokens: boolean): Record<string, unknown> {
  const { max_tokens, ...sampling } = chat.sampling;
  return {
    ...chat.extra,
    ...sampling,
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

function createDecoder(): WireDecoder {
  let state: WireDecoder["state"] = "open";
  let model: string | undefined;
  return {
    get state() {
      return state;
    },
    decode(chunk, _event, into) {
      if (isObject(at(chunk, "error"))) throw new StreamError(chunk, errorCode(at(chunk, "error")));
      const named = textAt(chunk, "model");
      if (named && named !== model) into.push({ type: "model", model: (model = named) });
      const choice = at(chunk, "choices", 0);
      readDelta(at(choice, "delta"), into);
      const reason = textAt(choice, "finish_reason");
      if (reason) {
        if (reason === "error") throw new StreamError(choice, "upstream_failed");
        into.push({ type: "finish", reason: finishReasons[reason] ?? "stop" });
        state = "complete";
      }
      const usage = at(chunk, "usage");
      if (isObject(usage)) into.push({ type: "usage", usage: toUsage(usage) });
    },
  };
}

function readDelta(delta: unknown, into: ProviderEvent[]): void {
  // Two names for one thing: DeepSeek, vLLM and llama.cpp write the first, OpenRouter and Groq the second.
  const token = textAt(delta, "reasoning_content") ?? textAt(delta, "reasoning");
  if (token) into.push({ type: "reasoning", token });
  const content = textAt(delta, "content") ?? textAt(delta, "refusal");
  if (content) into.push({ type: "content", content });
  const calls = arrayAt(delta, "tool_calls");
  if (calls.length > 0) into.push({ type: "tool_calls", tool_calls: calls.map(toToolCall) });
}

function toToolCall(call: unknown, position: number): ToolCall {
  const id = textAt(call, "id");
  const name = textAt(call, "function", "name");
  return {
    index: countAt(call, "index") ?? position,
    ...(id && { id, type: "function" }),
    function: { ...(name && { name }), arguments: textAt(call, "function", "arguments") ?? "" },
  };
}

function toUsage(usage: unknown): Partial<Usage> {
  const prompt_tokens = countAt(usage, "prompt_tokens");
  const completion_tokens = countAt(usage, "completion_tokens");
  const total_tokens = countAt(usage, "total_tokens");
  const cached = countAt(usage, "prompt_tokens_details", "cached_tokens");
  const reasoning = countAt(usage, "completion_tokens_details", "reasoning_tokens");
  return {
    ...(prompt_tokens !== undefined && { prompt_tokens }),
    ...(completion_tokens !== undefined && { completion_tokens }),
    ...(total_tokens !== undefined && { total_tokens }),
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}

/** `code` is a status at OpenRouter and vLLM, a word at OpenAI. */
function errorCode(error: unknown): ErrorCode {
  const code = at(error, "code");
  if (typeof code === "number") return codeOfStatus(code);
  const words = `${textAt(error, "type") ?? ""} ${typeof code === "string" ? code : ""}`;
  if (/rate_limit/.test(words)) return "rate_limited";
  if (/authentication|invalid_api_key/.test(words)) return "missing_auth";
  return /invalid_request/.test(words) ? "upstream_rejected" : "upstream_failed";
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  eos: "stop",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
};

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
