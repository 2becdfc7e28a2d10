import { chunked, lastChunk, type Step } from "./scripted-upstream.ts";

type Delta = Readonly<Record<string, unknown>>;

export const usage = {
  prompt_tokens: 20,
  completion_tokens: 8,
  total_tokens: 28,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 3 },
};

/** A chunk of OpenAI's chat completions. */
export function chunk(delta: Delta, finish_reason: string | null = null): string {
  return `data: ${JSON.stringify({ model: "m-2", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
}

/** Their chunks, whole: these deltas, why it ends, and what was used. */
export function chatChunks(deltas: readonly Delta[], finish = "stop"): Step[] {
  const told = `data: ${JSON.stringify({ model: "m-2", choices: [], usage })}\n\ndata: [DONE]\n\n`;
  return [...chunked([...deltas.map((delta) => chunk(delta)), chunk({}, finish), told]), lastChunk];
}

/** A call in pieces, its arguments cut in the middle. */
export function callPieces(index: number, id: string, name: string, json: string): Delta[] {
  const middle = Math.ceil(json.length / 2);
  return [
    { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] },
    { tool_calls: [{ index, function: { arguments: json.slice(0, middle) } }] },
    { tool_calls: [{ index, function: { arguments: json.slice(middle) } }] },
  ];
}
