import { openaiChunks } from "../../support/dialect.ts";
import { chunked, lastChunk, type Step } from "../../support/scripted-upstream.ts";

/** What a vendor's model says, in order. */
export type Said =
  | { readonly text: string }
  | { readonly thought: string }
  | { readonly call: string; readonly id: string; readonly json: string };

export interface Wire {
  readonly type: "openai" | "anthropic";
  /** A whole answer; it read 7 tokens, and wrote 5. */
  play(said: readonly Said[], end?: "stop" | "length" | "content_filter"): Step[];
}

export const wires: readonly Wire[] = [
  {
    type: "openai",
    play: (said, end) => {
      let calls = 0;
      const hasCalls = said.some((each) => "call" in each);
      const deltas = said.flatMap((each): object[] => {
        if ("text" in each) return [{ content: each.text }];
        if ("thought" in each) return [{ reasoning_content: each.thought }];
        const index = calls++;
        const middle = Math.ceil(each.json.length / 2);
        const head = { index, id: each.id, type: "function", function: { name: each.call, arguments: "" } };
        const pieces = [each.json.slice(0, middle), each.json.slice(middle)];
        return [head, ...pieces.map((piece) => ({ index, function: { arguments: piece } }))].map((call) => ({
          tool_calls: [call],
        }));
      });
      return openaiChunks([
        ...deltas.map((delta) => ({ delta })),
        { finish: end ?? (hasCalls ? "tool_calls" : "stop") },
      ]);
    },
  },
  {
    type: "anthropic",
    play(said, end) {
      const hasCalls = said.some((each) => "call" in each);
      const stop = { stop: "end_turn", length: "max_tokens", content_filter: "refusal" }[end ?? "stop"];
      return anthropicMessage(said, hasCalls && !end ? "tool_use" : stop);
    },
  },
];

function anthropicMessage(said: readonly Said[], stop_reason: string): Step[] {
  const usage = { input_tokens: 4, cache_read_input_tokens: 2, cache_creation_input_tokens: 1, output_tokens: 1 };
  const events = [
    { type: "message_start", message: { model: "m-2026", usage } },
    ...said.flatMap((each, index) => [
      { type: "content_block_start", index, content_block: toBlock(each) },
      ...toDeltas(each).map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    { type: "message_delta", delta: { stop_reason }, usage: { output_tokens: 5 } },
    { type: "message_stop" },
  ];
  return [...chunked(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)), lastChunk];
}

function toBlock(said: Said): object {
  if ("text" in said) return { type: "text", text: "" };
  if ("thought" in said) return { type: "thinking", thinking: "", signature: "" };
  return { type: "tool_use", id: said.id, name: said.call, input: {} };
}

function toDeltas(said: Said): object[] {
  if ("text" in said) return [{ type: "text_delta", text: said.text }];
  if ("call" in said) return [{ type: "input_json_delta", partial_json: said.json }];
  return [
    { type: "thinking_delta", thinking: said.thought },
    { type: "signature_delta", signature: `signed: ${said.thought}` },
  ];
}
