import { at, countAt, textAt } from "../../lib/json.ts";
import { lookUp } from "../../lib/lookup.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { FinishReason, Usage } from "../../protocol/events.ts";
import { callsOf } from "../content.ts";
import type { ProviderChat, ProviderEvent } from "../provider.ts";
import { StreamError, type WireDecoder } from "../wire.ts";
import { type State, turnsOf } from "./turns.ts";

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export function createDecoder({ model: asked, messages, state: earlier }: ProviderChat): WireDecoder {
  let state: WireDecoder["state"] = "open";
  // Block number → tool call: text and thinking are counted among the blocks.
  const calls = new Map<unknown, { index: number; id: string; input: unknown; hasArguments: boolean }>();
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
        case "content_block_stop": {
          const call = calls.get(block);
          if (call && !call.hasArguments) pushArguments(call.index, JSON.stringify(call.input ?? {}), into);
          return;
        }
        case "message_delta": {
          pushUsage(at(message, "usage"), true, into);
          const reason = textAt(message, "delta", "stop_reason");
          if (!reason) return;
          if (thinking.size > 0 && calls.size > 0) into.push({ type: "state", state: toState() });
          into.push({ type: "finish", reason: lookUp(finishReasons, reason) ?? "stop" });
          state = "complete";
          return;
        }
        case "message_stop":
          state = "closed";
          return;
        case "error":
          throw new StreamError(message, lookUp(errorCodes, textAt(message, "error", "type")) ?? "upstream_failed");
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
        const index = calls.size;
        const id = textAt(content, "id") ?? "";
        calls.set(block, { index, id, input: at(content, "input"), hasArguments: false });
        const name = textAt(content, "name") ?? "";
        into.push({
          type: "tool_calls",
          tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }],
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
    if (!call || !piece) return;
    call.hasArguments = true;
    pushArguments(call.index, piece, into);
  }

  /** This turn's thinking, and that of earlier turns whose calls are still told of. */
  function toState(): State {
    const told = new Set(callsOf(messages).map(({ id }) => id));
    const kept = turnsOf(earlier, asked).filter(({ tool_call_ids }) => tool_call_ids.some((id) => told.has(id)));
    const turn = { thinking: [...thinking.values()], tool_call_ids: [...calls.values()].map(({ id }) => id) };
    return { model: asked, turns: [...kept, turn] };
  }
}

function pushArguments(index: number, piece: string, into: ProviderEvent[]): void {
  into.push({ type: "tool_calls", tool_calls: [{ index, function: { arguments: piece } }] });
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
  const thought = isEnd ? countAt(usage, "output_tokens_details", "thinking_tokens") : undefined;
  const told: Partial<Usage> = {
    ...(input !== undefined && { prompt_tokens: input + read + written }),
    ...(output !== undefined && { completion_tokens: output }),
    ...(thought !== undefined && { completion_tokens_details: { reasoning_tokens: thought } }),
    ...(read + written > 0 && { prompt_tokens_details: { cached_tokens: read, cache_creation_tokens: written } }),
  };
  if (Object.keys(told).length > 0) into.push({ type: "usage", usage: told });
}
