/**
 * What it adds to the time to the first token that somebody speaks another's API with us: the scripted upstream read
 * directly, and through each door in the same rounds. Argument: how many rounds.
 */
import { ask, median, type Seen } from "./asking.ts";
import { openBench } from "./processes.ts";

const rounds = Number(Bun.argv[2] ?? 5);
const scenario = { pieces: 20, gapMs: 20 };
const asking = { streams: 100, answers: 3, staggerMs: 7 };
using bench = await openBench();
const parley = await bench.startParley(scenario);
const here = `http://127.0.0.1:${parley.port}`;

const messages = [{ role: "user", content: "Hello" }];
const model = "Bench/m";
const upstream = `${bench.origin}/${scenario.pieces}/${scenario.gapMs}/chat/completions`;
const doors: Readonly<Record<string, readonly [address: string, mark: string, body: object]>> = {
  direct: [upstream, '"delta":{"content"', { model: "m", messages, stream: true }],
  conversation: [`${here}/backend-api/v2/conversation`, "event: content", { provider: "Bench", model: "m", messages }],
  "chat completions": [`${here}/v1/chat/completions`, '"content":"token ', { model, messages, stream: true }],
  responses: [`${here}/v1/responses`, "event: response.output_text.delta", { model, input: "Hello", stream: true }],
  "responses, not stored": [
    `${here}/v1/responses`,
    "event: response.output_text.delta",
    { model, input: "Hello", stream: true, store: false },
  ],
  "Anthropic messages": [`${here}/v1/messages`, '"text_delta"', { model, messages, stream: true, max_tokens: 100 }],
  "Ollama chat": [`${here}/api/chat`, '"content":"token ', { model, messages }],
  "Gemini streamGenerateContent": [
    `${here}/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
    // Tokens that came together are one part.
    "token ",
    { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
  ],
};

const seen = new Map<string, Seen[]>(Object.keys(doors).map((name) => [name, []]));
for (let round = 0; round <= rounds; round++) {
  for (const [name, [address, mark, body]] of Object.entries(doors)) {
    const one = await ask({ address, mark, body: JSON.stringify(body), ...asking });
    const expected = scenario.pieces * asking.streams * asking.answers;
    if (one.events !== expected) throw new Error(`${name}: ${one.events} events instead of ${expected}`);
    // The first round warms up.
    if (round > 0) seen.get(name)?.push(one);
  }
}

const first = (name: string) => median(seen.get(name)?.flatMap(({ firstMs }) => firstMs) ?? []);
console.table(
  [...seen.keys()].map((door) => ({
    door,
    "first token, median": `${first(door).toFixed(2)} ms`,
    added: `${(first(door) - first("direct")).toFixed(2)} ms`,
  })),
);
