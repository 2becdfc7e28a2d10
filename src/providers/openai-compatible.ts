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
    decoder: createDecoder,
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

function createDecoder(): WireDecoder {
  let state: WireDecoder["state"] = "open";
  let model: string | undefined;
  const toToolCall = createToolCalls();
  return {
    get state() {
      return state;
    },
    decode(chunk, _event, into) {
      if (at(chunk, "error") || at(chunk, "object") === "error") throw new StreamError(chunk, errorCode(chunk));
      const named = textAt(chunk, "model");
      if (named && named !== model) into.push({ type: "model", model: (model = named) });
      const choice = at(chunk, "choices", 0);
      // A server that does not stream sends the whole message at once.
      readDelta(at(choice, "delta") ?? at(choice, "message"), into);
      const reason = textAt(choice, "finish_reason");
      if (reason) {
        const finish = toFinish(reason);
        if (finish === undefined) throw new StreamError({ message: `it stopped with ${reason}` }, "upstream_failed");
        into.push({ type: "finish", reason: finish });
        state = "complete";
      }
      const usage = at(chunk, "usage");
      if (isObject(usage)) into.push({ type: "usage", usage: toUsage(usage) });
    },
  };

  function readDelta(delta: unknown, into: ProviderEvent[]): void {
    // Two names for one thing: DeepSeek, vLLM and llama.cpp write the first, OpenRouter and Groq the second.
    const token = textAt(delta, "reasoning_content") || textAt(delta, "reasoning");
    if (token) into.push({ type: "reasoning", token });
    const content = textAt(delta, "content") || textAt(delta, "refusal");
    if (content) into.push({ type: "content", content });
    for (const part of arrayAt(delta, "content")) readPart(part, into);
    const calls = arrayAt(delta, "tool_calls");
    if (calls.length > 0) into.push({ type: "tool_calls", tool_calls: calls.map(toToolCall) });
  }
}

/** Mistral's reasoning models write content in parts: `{"type":"thinking","thinking":[{"type":"text",…}]}`. */
function readPart(part: unknown, into: ProviderEvent[]): void {
  const content = textAt(part, "text");
  if (content) into.push({ type: "content", content });
  const thinking = at(part, "thinking");
  const token =
    typeof thinking === "string"
      ? thinking
      : arrayAt(part, "thinking")
          .map((each) => textAt(each, "text") ?? "")
          .join("");
  if (token) into.push({ type: "reasoning", token });
}

/** Gives each call an index of its own: some servers leave it out, or send 0 for every call. */
function createToolCalls(): (call: unknown, position: number) => ToolCall {
  const ids: string[] = [];
  let open = 0;
  let isRenumbered = false;
  return (call, position) => {
    const id = textAt(call, "id") || undefined;
    const name = textAt(call, "function", "name") || undefined;
    let index = countAt(call, "index") ?? (id && name ? ids.length : Math.max(position, ids.length - 1));
    // A new call has a name; some servers give every piece of one call an id of its own.
    const isNew = id !== undefined && (name !== undefined || !ids[index]);
    if (isNew && ids[index] && ids[index] !== id) {
      const known = ids.indexOf(id);
      index = known === -1 ? ids.length : known;
      isRenumbered = true;
    }
    if (isNew) ids[(open = index)] = id;
    else if (isRenumbered) index = open;
    return {
      index,
      ...(isNew && { id, type: "function" }),
      function: { ...(name && { name }), arguments: textAt(call, "function", "arguments") ?? "" },
    };
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

/** `code` is a status at OpenRouter and vLLM, a word at OpenAI; some put it beside `error` rather than into it. */
function errorCode(chunk: unknown): ErrorCode {
  const error = isObject(at(chunk, "error")) ? at(chunk, "error") : chunk;
  const code = at(error, "code");
  const status = Number(code);
  if (status >= 400 && status < 600) return codeOfStatus(status);
  const words = `${textAt(error, "type") ?? ""} ${typeof code === "string" ? code : ""}`;
  if (/rate_limit|insufficient_quota/i.test(words)) return "rate_limited";
  if (/authentication|invalid_api_key/i.test(words)) return "missing_auth";
  if (/model_not_found/i.test(words)) return "model_not_found";
  return /invalid_request|bad_?request|context_length/i.test(words) ? "upstream_rejected" : "upstream_failed";
}

/** What an end means; `undefined` for one that is a failure: the vendor ran out of something, or the model of sense. */
function toFinish(reason: string): FinishReason | undefined {
  if (/^(error|abort|insufficient_system_resource|function_call_filter.*)$/i.test(reason)) return undefined;
  if (/^(length|model_length|max_tokens)$/i.test(reason)) return "length";
  if (/^(tool_calls|function_call)$/i.test(reason)) return "tool_calls";
  return /filter|safety|prohibited|recitation|blocklist|spii/i.test(reason) ? "content_filter" : "stop";
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
