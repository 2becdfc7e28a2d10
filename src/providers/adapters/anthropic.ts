import { arrayAt, at, isObject, countAt, textAt, tryParseJson } from "../../lib/json.ts";
import type { Message, Tool } from "../../protocol/chat.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { FinishReason, ToolCall, Usage } from "../../protocol/events.ts";
import type { Model } from "../../protocol/models.ts";
import { inlineOf, isSystem, parseDataUrl, partsOf, textOf } from "../content.ts";
import { createModel } from "../model-traits.ts";
import type { Adapter, ProviderChat, ProviderEvent, ProviderOptions, Sampling } from "../provider.ts";
import { createWireProvider, StreamError, type Wire, type WireDecoder } from "../wire.ts";

/** https://docs.anthropic.com/en/api/messages */
export const anthropic: Adapter = {
  name: "Anthropic",
  aliases: ["Claude", "AnthropicAPI"],
  keyNames: ["ANTHROPIC_API_KEY"],
  addressNames: ["ANTHROPIC_BASE_URL"],
  open: (options) =>
    createWireProvider(
      {
        name: options.name,
        label: "Anthropic",
        url: "https://www.anthropic.com",
        loginUrl: "https://console.anthropic.com/settings/keys",
        auth: true,
        usualModel: "claude-sonnet-4-5",
        passes: ["top_k", "metadata", "service_tier", "thinking"],
        parameters: {
          temperature: 1,
          top_p: 1,
          max_tokens: defaultMaxTokens,
          stop: ["stop1"],
          tools: [],
          tool_choice: "auto",
          parallel_tool_calls: true,
          reasoning_effort: null,
        },
      },
      createWire(options),
      options,
    ),
};

/** The vendor demands a limit; every current model can give this much. */
const defaultMaxTokens = 8192;

/** Tokens of thinking for each effort; the vendor's least is 1024. */
const thinkingBudgets: Readonly<Record<string, number>> = { minimal: 1024, low: 2048, medium: 8192, high: 24576 };

/** What a turn's thinking must look like when its tools' results come back. */
interface State {
  readonly thinking: readonly unknown[];
  readonly tool_call_ids: readonly string[];
}

function createWire(options: ProviderOptions): Wire {
  return {
    // Other programs set ANTHROPIC_BASE_URL without a version.
    baseUrl: (options.baseUrl ?? "https://api.anthropic.com").replace(/\/v1\/?$/, ""),
    framing: "sse",
    headers: (key) => ({ "anthropic-version": "2023-06-01", ...(key !== undefined && { "x-api-key": key }) }),
    chatPath: () => "/v1/messages",
    toBody,
    decoder: createDecoder,
    modelsPath: "/v1/models?limit=1000",
    toModels,
  };
}

function toBody({ model, messages, sampling, state, extra }: ProviderChat): Record<string, unknown> {
  const system = messages.filter(isSystem).flatMap((message) => toBlocks(message, state));
  const budget = thinkingBudgets[sampling.reasoning_effort ?? ""];
  const maxTokens = sampling.max_tokens ?? defaultMaxTokens + (budget ?? 0);
  return {
    ...extra,
    model,
    max_tokens: maxTokens,
    messages: toTurns(
      messages.filter((message) => !isSystem(message)),
      state,
    ),
    stream: true,
    ...(system.length > 0 && { system }),
    ...(sampling.stop != null && { stop_sequences: [sampling.stop].flat() }),
    ...(sampling.tools?.length && { tools: sampling.tools.map(toTool), tool_choice: toToolChoice(sampling) }),
    ...(budget !== undefined && budget < maxTokens
      ? // Thinking goes with neither a temperature nor top_p below 0.95.
        { thinking: { type: "enabled", budget_tokens: budget } }
      : {
          ...(sampling.temperature != null && { temperature: Math.min(sampling.temperature, 1) }),
          ...(sampling.top_p != null && { top_p: sampling.top_p }),
        }),
  };
}

/** Turns of one role in a row become one: results of parallel tools belong in one user turn. */
function toTurns(messages: readonly Message[], state: unknown): unknown[] {
  const turns: { role: string; content: unknown[] }[] = [];
  for (const message of messages) {
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = toBlocks(message, state);
    if (content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns;
}

function toBlocks({ role, content, tool_calls, tool_call_id }: Message, state: unknown): unknown[] {
  if (role === "tool") return [{ type: "tool_result", tool_use_id: tool_call_id ?? "", content: textOf(content) }];
  const calls = tool_calls ?? [];
  return [
    ...(calls.length > 0 ? thinkingOf(calls, state) : []),
    ...partsOf(content).flatMap((part) => {
      if (part.type !== "text") return [toMediaBlock(part)];
      return part.text.trim() === "" ? [] : [{ type: "text", text: part.text, ...cacheControl(part) }];
    }),
    ...calls.map((call) => ({
      type: "tool_use",
      id: call.id ?? "",
      name: call.function.name ?? "",
      input: tryParseJson(call.function.arguments || "{}") ?? {},
    })),
  ];
}

function toMediaBlock(part: Parameters<typeof inlineOf>[0]): Record<string, unknown> {
  const type = part.type === "image_url" ? "image" : "document";
  if (part.type === "image_url" && !parseDataUrl(part.image_url.url)) {
    return { type, source: { type: "url", url: part.image_url.url }, ...cacheControl(part) };
  }
  const { mime, base64 } = inlineOf(part, "Anthropic");
  return { type, source: { type: "base64", media_type: mime, data: base64 }, ...cacheControl(part) };
}

function cacheControl(part: object): Record<string, unknown> {
  const mark = at(part, "cache_control");
  return isObject(mark) ? { cache_control: mark } : {};
}

/** The signed thinking of the turn that made these calls: without it the vendor refuses the turn. */
function thinkingOf(calls: readonly ToolCall[], state: unknown): readonly unknown[] {
  const known = arrayAt(state, "tool_call_ids");
  return calls.some(({ id }) => known.includes(id)) ? arrayAt(state, "thinking") : [];
}

function toTool({ function: { name, description, parameters } }: Tool): Record<string, unknown> {
  return { name, ...(description && { description }), input_schema: parameters ?? { type: "object" } };
}

function toToolChoice({ tool_choice, parallel_tool_calls }: Sampling): Record<string, unknown> {
  const single = parallel_tool_calls === false ? { disable_parallel_tool_use: true } : {};
  if (tool_choice === "none") return { type: "none" };
  if (tool_choice === "required") return { type: "any", ...single };
  if (isObject(tool_choice)) return { type: "tool", name: textAt(tool_choice, "function", "name"), ...single };
  return { type: "auto", ...single };
}

function createDecoder(): WireDecoder {
  let state: WireDecoder["state"] = "open";
  // Block number → tool call index: text and thinking are counted among the blocks.
  const calls = new Map<unknown, { index: number; id: string }>();
  const thinking = new Map<unknown, { type: string; thinking?: string; signature?: string; data?: string }>();

  return {
    get state() {
      return state;
    },
    decode(message, _event, into) {
      const block = at(message, "index");
      switch (textAt(message, "type")) {
        case "message_start": {
          const model = textAt(message, "message", "model");
          if (model) into.push({ type: "model", model });
          pushUsage(at(message, "message", "usage"), false, into);
          return;
        }
        case "content_block_start":
          return startBlock(block, at(message, "content_block"), into);
        case "content_block_delta":
          return readDelta(block, at(message, "delta"), into);
        case "message_delta": {
          pushUsage(at(message, "usage"), true, into);
          const reason = textAt(message, "delta", "stop_reason");
          if (!reason) return;
          if (thinking.size > 0 && calls.size > 0) into.push({ type: "state", state: toState() });
          into.push({ type: "finish", reason: finishReasons[reason] ?? "stop" });
          state = "complete";
          return;
        }
        case "message_stop":
          state = "closed";
          return;
        case "error":
          throw new StreamError(message, errorCodes[textAt(message, "error", "type") ?? ""] ?? "upstream_failed");
      }
    },
  };

  function startBlock(block: unknown, content: unknown, into: ProviderEvent[]): void {
    switch (textAt(content, "type")) {
      case "text":
        if (textAt(content, "text")) into.push({ type: "content", content: textAt(content, "text") ?? "" });
        return;
      case "thinking":
        thinking.set(block, { type: "thinking", thinking: "", signature: "" });
        return;
      case "redacted_thinking":
        thinking.set(block, { type: "redacted_thinking", data: textAt(content, "data") ?? "" });
        return;
      case "tool_use": {
        const call = { index: calls.size, id: textAt(content, "id") ?? "" };
        calls.set(block, call);
        const name = textAt(content, "name") ?? "";
        into.push({
          type: "tool_calls",
          tool_calls: [{ ...call, type: "function", function: { name, arguments: "" } }],
        });
      }
    }
  }

  function readDelta(block: unknown, delta: unknown, into: ProviderEvent[]): void {
    const text = textAt(delta, "text");
    if (text) into.push({ type: "content", content: text });
    const thought = thinking.get(block);
    const token = textAt(delta, "thinking");
    if (token) into.push({ type: "reasoning", token });
    if (thought && token) thought.thinking += token;
    if (thought) thought.signature = (thought.signature ?? "") + (textAt(delta, "signature") ?? "");
    const call = calls.get(block);
    const piece = textAt(delta, "partial_json");
    if (call && piece)
      into.push({ type: "tool_calls", tool_calls: [{ index: call.index, function: { arguments: piece } }] });
  }

  function toState(): State {
    return { thinking: [...thinking.values()], tool_call_ids: [...calls.values()].map(({ id }) => id) };
  }
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

const errorCodes: Readonly<Record<string, ErrorCode>> = {
  authentication_error: "missing_auth",
  permission_error: "missing_auth",
  billing_error: "payment_required",
  invalid_request_error: "upstream_rejected",
  not_found_error: "model_not_found",
  rate_limit_error: "rate_limited",
  timeout_error: "upstream_timeout",
};

/**
 * `input_tokens` leaves out what the cache read and wrote; the sum is what was asked. The output is counted when the
 * answer ends: the number at its start is a placeholder.
 */
function pushUsage(usage: unknown, isEnd: boolean, into: ProviderEvent[]): void {
  const input = countAt(usage, "input_tokens");
  const output = isEnd ? countAt(usage, "output_tokens") : undefined;
  const read = countAt(usage, "cache_read_input_tokens") ?? 0;
  const written = countAt(usage, "cache_creation_input_tokens") ?? 0;
  const told: Partial<Usage> = {
    ...(input !== undefined && { prompt_tokens: input + read + written }),
    ...(output !== undefined && { completion_tokens: output }),
    ...(read + written > 0 && { prompt_tokens_details: { cached_tokens: read, cache_creation_tokens: written } }),
  };
  if (Object.keys(told).length > 0) into.push({ type: "usage", usage: told });
}

function toModels(body: unknown): Model[] {
  return arrayAt(body, "data").flatMap((entry) => {
    const id = textAt(entry, "id");
    return id === undefined ? [] : [createModel(id, { label: textAt(entry, "display_name") ?? id })];
  });
}
