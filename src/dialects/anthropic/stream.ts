import { ApiError } from "../../protocol/errors.ts";
import type { EventOf, FinishReason, RunEvent, Usage } from "../../protocol/events.ts";
import { fromFailureEvent } from "../../protocol/failure-event.ts";
import type { Encoder } from "../encoder.ts";
import { toAnthropicFailure } from "../failures.ts";
import { type AnswerOptions, emptyMessage, toCallId } from "./answer.ts";
import { createBlockQueue, type Written } from "./block-queue.ts";
import { toStopReason, toUsage } from "./usage.ts";

/** Says that the stream is alive. */
export const ping = toSse("ping", { type: "ping" });

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export function createMessageEncoder(
  options: AnswerOptions & { readonly toText: (event: EventOf<"content">) => string },
): Encoder {
  const { runId, thinking, toText } = options;
  let { model } = options;
  let usage: Usage | undefined;
  let hasBegun = false;
  let hasFailed = false;
  /** Of the block that is written. */
  let index = -1;
  let out = "";
  const blocks = createBlockQueue({
    start(block) {
      begin();
      index++;
      write("content_block_start", { index, content_block: toStart(block) });
    },
    add(block, piece) {
      if (block.kind !== "thinking" || thinking === "whole") out += toDelta(index, block, piece);
    },
    stop({ kind }) {
      if (kind === "thinking")
        write("content_block_delta", { index, delta: { type: "signature_delta", signature: runId } });
      write("content_block_stop", { index });
    },
  });

  return {
    encode(events) {
      out = "";
      for (const { event } of events) take(event);
      return out;
    },
    encodeFailure: toSseFailure,
  };

  function take(event: RunEvent): void {
    switch (event.type) {
      case "content":
        return blocks.say("text", toText(event));
      case "reasoning":
        if (event.token && thinking !== "none") blocks.say("thinking", event.token);
        return;
      case "tool_calls":
        for (const [place, { index: at = place, id, function: called }] of event.tool_calls.entries())
          blocks.call(at, {
            ...(id && { id }),
            ...(called.name && { name: called.name }),
            json: called.arguments ?? "",
          });
        return;
      case "provider":
        if (event.provider.model) model = event.provider.model;
        return;
      case "usage":
        usage = event.usage;
        return;
      case "error":
      case "auth":
        return fail(fromFailureEvent(event));
      case "finish":
        return finish(event.finish.reason);
    }
  }

  function finish(reason: FinishReason): void {
    if (hasFailed) return;
    if (reason === "cancelled" || reason === "error")
      return fail(new ApiError("cancelled", "the answer was cancelled"));
    blocks.end();
    begin();
    write("message_delta", {
      delta: { stop_reason: toStopReason(reason), stop_sequence: null },
      usage: toUsage(usage),
    });
    write("message_stop", {});
  }

  function begin(): void {
    if (!hasBegun) write("message_start", { message: emptyMessage(runId, model) });
    hasBegun = true;
  }

  function fail(failure: ApiError): void {
    hasFailed = true;
    out += toSseFailure(failure);
  }

  function toStart(block: Written): object {
    switch (block.kind) {
      case "text":
        return { type: "text", text: "" };
      case "thinking":
        return { type: "thinking", thinking: "", signature: "" };
      case "call":
        return { type: "tool_use", id: block.id || toCallId(`${runId}_${index}`), name: block.name, input: {} };
    }
  }

  function write(type: string, fields: object): void {
    out += toSse(type, { type, ...fields });
  }
}

/** What is written for each token: without an object of its own. */
function toDelta(index: number, { kind }: Written, piece: string): string {
  const text = JSON.stringify(piece);
  const delta =
    kind === "text"
      ? `"text_delta","text":${text}`
      : kind === "thinking"
        ? `"thinking_delta","thinking":${text}`
        : `"input_json_delta","partial_json":${text}`;
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":${delta}}}\n\n`;
}

function toSse(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function toSseFailure(failure: ApiError): string {
  return toSse("error", toAnthropicFailure(failure));
}
