/**
 * What it costs that somebody speaks another's API with us: the scripted upstream read directly, and through each door in
 * the same rounds. Until the first token of 100 streams, one after the other and at once; and tokens a second, of one
 * stream and of 100, as fast as they come, held against our own API. Argument: how many rounds.
 */
import { ask, type Asking, median, type Seen } from "./asking.ts";
import { openBench, readUsage, type Scenario } from "./processes.ts";

const rounds = Number(Bun.argv[2] ?? 5);
using bench = await openBench();

const messages = [{ role: "user", content: "Hello" }];
const model = "Bench/m";
/** What the upstream says: an API may give several tokens that came together as one piece, so these are counted. */
const token = "token ";
/** The whole text comes once more at the end, so that tokens are told apart from it. */
const delta = `"delta":"${token}`;

type Door = readonly [address: string, mark: string, body: object];

const toDoors = (upstream: string, here: string): Readonly<Record<string, Door>> => ({
  direct: [upstream, token, { model: "m", messages, stream: true }],
  conversation: [`${here}/backend-api/v2/conversation`, token, { provider: "Bench", model: "m", messages }],
  "chat completions": [`${here}/v1/chat/completions`, token, { model, messages, stream: true }],
  completions: [`${here}/v1/completions`, token, { model, prompt: "Hello", stream: true }],
  responses: [`${here}/v1/responses`, delta, { model, input: "Hello", stream: true }],
  "responses, not stored": [`${here}/v1/responses`, delta, { model, input: "Hello", stream: true, store: false }],
  "Anthropic messages": [`${here}/v1/messages`, token, { model, messages, stream: true, max_tokens: 100 }],
  "Ollama chat": [`${here}/api/chat`, token, { model, messages }],
  "Gemini streamGenerateContent": [
    `${here}/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
    token,
    { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
  ],
});

interface Measured extends Seen {
  readonly cpuSeconds: number;
}

/** All doors in turn, so that a noisy machine is noisy for all. */
async function compare(scenario: Scenario, asking: Pick<Asking, "streams" | "answers" | "staggerMs">) {
  const { pieces, gapMs } = scenario;
  const parley = await bench.startParley(scenario);
  const doors = toDoors(`${bench.origin}/${pieces}/${gapMs}/chat/completions`, `http://127.0.0.1:${parley.port}`);
  const seen = new Map<string, Measured[]>(Object.keys(doors).map((name) => [name, []]));
  const expected = pieces * asking.streams * asking.answers;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, [address, mark, body]] of Object.entries(doors)) {
      const before = readUsage(parley.pid).cpuSeconds;
      const one = await ask({ address, mark, body: JSON.stringify(body), ...asking });
      if (one.events !== expected) throw new Error(`${name}: ${one.events} tokens instead of ${expected}`);
      // The first round warms up.
      if (round > 0) seen.get(name)?.push({ ...one, cpuSeconds: readUsage(parley.pid).cpuSeconds - before });
    }
  }
  process.kill(parley.pid);
  const of = (name: string, figure: (one: Measured) => readonly number[]) =>
    median(seen.get(name)?.flatMap(figure) ?? []);
  return {
    names: [...seen.keys()],
    first: (name: string) => of(name, ({ firstMs }) => firstMs),
    rate: (name: string) => of(name, ({ events, seconds }) => [events / seconds]),
    /** Of our processor's time, in microseconds a token. */
    cpu: (name: string) => of(name, ({ events, cpuSeconds }) => [(cpuSeconds / events) * 1e6]),
  };
}

for (const [what, scenario, asking] of [
  ["100 streams, one after the other", { pieces: 3, gapMs: 3 }, { streams: 1, answers: 100, staggerMs: 0 }],
  ["100 streams at once, 250 answers a second", { pieces: 20, gapMs: 20 }, { streams: 100, answers: 3, staggerMs: 7 }],
] as const) {
  const { names, first } = await compare(scenario, asking);
  console.log(what);
  console.table(
    names.map((door) => ({
      door,
      "first token, median": `${first(door).toFixed(2)} ms`,
      added: `${(first(door) - first("direct")).toFixed(2)} ms`,
    })),
  );
}

for (const [streams, pieces] of [
  [1, 20_000],
  [100, 500],
] as const) {
  const { names, rate, cpu } = await compare({ pieces, gapMs: 0 }, { streams, answers: 1, staggerMs: 0 });
  console.log(`${streams} stream${streams > 1 ? "s" : ""}, flat out`);
  console.table(
    names.map((door) => ({
      door,
      "tokens/s": rate(door).toFixed(0),
      "of our own API's": `${(rate(door) / rate("conversation")).toFixed(2)} ×`,
      "processor, µs a token": door === "direct" ? "" : cpu(door).toFixed(1),
    })),
  );
}
