import { isObject, tryParseJson } from "../../lib/json.ts";
import type { Collected, CollectedBlock, CollectedCall } from "../collected.ts";
import type { ShownThinking } from "./thinking.ts";
import { toStopReason, toUsage } from "./usage.ts";

export interface AnswerOptions {
  /** Of the run: it names the message, and stands in the place of the vendor's signature of its thinking. */
  readonly runId: string;
  /** As it was asked for, where it is not known who answers. */
  readonly model: string;
  readonly thinking: ShownThinking;
}

/** https://docs.anthropic.com/en/api/messages#response-content */
export function toMessage(collected: Collected, { runId, model, thinking }: AnswerOptions) {
  return {
    ...emptyMessage(runId, collected.model || model),
    content: collected.blocks.flatMap((block, index) => toBlock(block, `${runId}_${index}`, thinking, runId)),
    stop_reason: toStopReason(collected.reason),
    usage: toUsage(collected.usage),
  };
}

/** A message of which nothing has come. */
export function emptyMessage(runId: string, model: string) {
  return {
    id: runId.replace(/^run_/, "msg_"),
    type: "message" as const,
    role: "assistant" as const,
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: toUsage(undefined),
  };
}

function toBlock(block: CollectedBlock, callId: string, thinking: ShownThinking, signature: string): object[] {
  switch (block.type) {
    case "text":
      return [{ type: "text", text: block.text }];
    case "reasoning":
      if (thinking === "none") return [];
      return [{ type: "thinking", thinking: thinking === "whole" ? block.text : "", signature }];
    case "call":
      return [toToolUse(block.call, callId)];
  }
}

function toToolUse({ id, name, arguments: json }: CollectedCall, callId: string): object {
  const input = tryParseJson(json);
  return { type: "tool_use", id: id || toCallId(callId), name, input: isObject(input) ? input : {} };
}

/** Of a call that came without one. */
export function toCallId(name: string): string {
  return `toolu_${name}`;
}
