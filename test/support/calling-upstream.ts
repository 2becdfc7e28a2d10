import { chunked, lastChunk, type Script, type Step } from "./scripted-upstream.ts";

/** A call of a tool that a scripted model makes. */
export interface ScriptedCall {
  readonly name: string;
  /** As text, so that it may be no JSON. */
  readonly json: string;
}

/** One turn of a scripted model. */
export interface ScriptedTurn {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** As the wire spells it; its usual word if not set. */
  readonly finish?: string;
}

export const searching = (query: string): ScriptedCall => ({ name: "web_search", json: JSON.stringify({ query }) });
export const reading = (url: string): ScriptedCall => ({ name: "read_page", json: JSON.stringify({ url }) });

/** One turn after the other; the last is that of every further question. */
export function inTurns(write: (turn: ScriptedTurn, count: number) => Step[], turns: readonly ScriptedTurn[]): Script {
  return (_, count) => write(turns[Math.min(count, turns.length) - 1] ?? {}, count);
}

/** OpenAI's chunks: calls in pieces, their arguments cut in the middle. */
export function openaiTurn({ text, calls = [], finish }: ScriptedTurn, count: number): Step[] {
  const chunk = (delta: unknown, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  const pieces = calls.flatMap(({ name, json }, index) => {
    const middle = Math.ceil(json.length / 2);
    return [
      { index, id: `call_${count}_${index}`, type: "function", function: { name, arguments: "" } },
      { index, function: { arguments: json.slice(0, middle) } },
      { index, function: { arguments: json.slice(middle) } },
    ];
  });
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  return [
    ...chunked([
      ...(text === undefined ? [] : [chunk({ content: text })]),
      ...pieces.map((piece) => chunk({ tool_calls: [piece] })),
      chunk({}, finish ?? (calls.length > 0 ? "tool_calls" : "stop")),
      `data: ${JSON.stringify({ model: "m", choices: [], usage })}\n\ndata: [DONE]\n\n`,
    ]),
    lastChunk,
  ];
}

/** Anthropic's events: every turn that calls has thought before, and signed it. */
export function anthropicTurn({ text, calls = [] }: ScriptedTurn, count: number): Step[] {
  const blocks = [
    ...(calls.length === 0 ? [] : [{ type: "thinking", thinking: "", signature: "" }]),
    ...(text === undefined ? [] : [{ type: "text", text: "" }]),
    ...calls.map(({ name }, index) => ({ type: "tool_use", id: `toolu_${count}_${index}`, name, input: {} })),
  ];
  const deltas = [
    ...(calls.length === 0
      ? []
      : [[toThought("I need to look."), { type: "signature_delta", signature: `signed ${count}` }]]),
    ...(text === undefined ? [] : [[{ type: "text_delta", text }]]),
    ...calls.map(({ json }) => [{ type: "input_json_delta", partial_json: json }]),
  ];
  const events = [
    { type: "message_start", message: { model: "m", usage: { input_tokens: 100, output_tokens: 1 } } },
    ...blocks.flatMap((block, index) => [
      { type: "content_block_start", index, content_block: block },
      ...(deltas[index] ?? []).map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    {
      type: "message_delta",
      delta: { stop_reason: calls.length > 0 ? "tool_use" : "end_turn" },
      usage: { output_tokens: 10 },
    },
    { type: "message_stop" },
  ];
  return [...chunked(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)), lastChunk];
}

function toThought(thinking: string) {
  return { type: "thinking_delta", thinking };
}

/** The events of OpenAI's newer interface: thinking comes sealed before the calls. */
export function responsesTurn({ text, calls = [] }: ScriptedTurn, count: number): Step[] {
  const output = [
    ...(calls.length === 0
      ? []
      : [{ type: "reasoning", id: `rs_${count}`, summary: [], encrypted_content: `sealed ${count}` }]),
    ...(text === undefined ? [] : [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }]),
    ...calls.map(({ name, json }, index) => ({
      type: "function_call",
      id: `fc_${count}_${index}`,
      call_id: `call_${count}_${index}`,
      name,
      arguments: json,
    })),
  ];
  const usage = { input_tokens: 100, output_tokens: 10, total_tokens: 110 };
  const events = [
    ...output.flatMap((item, output_index) => [
      ...(item.type === "message"
        ? [{ type: "response.output_text.delta", output_index, content_index: 0, delta: text }]
        : []),
      { type: "response.output_item.done", output_index, item },
    ]),
    { type: "response.completed", response: { model: "m", status: "completed", output, usage } },
  ];
  return [...chunked(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)), lastChunk];
}

/** Gemini's: calls come whole, and signed. */
export function geminiTurn({ text, calls = [] }: ScriptedTurn, count: number): Step[] {
  const parts = [
    ...(text === undefined ? [] : [{ text }]),
    ...calls.map(({ name, json }, index) => ({
      functionCall: { name, args: JSON.parse(json), id: `fc_${count}_${index}` },
      ...(index === 0 && { thoughtSignature: `signed ${count}` }),
    })),
  ];
  const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 };
  const answer = { candidates: [{ content: { parts, role: "model" }, finishReason: "STOP" }], usageMetadata };
  return [...chunked([`data: ${JSON.stringify({ ...answer, modelVersion: "m" })}\n\n`]), lastChunk];
}

/** A model without tools of its own: it writes calls as it was told to. */
export function wordyTurn({ text = "", calls = [] }: ScriptedTurn, count: number): Step[] {
  const tags = calls.map(
    ({ name, json }) => `<tool_call>{"name": ${JSON.stringify(name)}, "arguments": ${json}}</tool_call>`,
  );
  return openaiTurn({ text: `${text}${tags.join("\n")}` }, count);
}
