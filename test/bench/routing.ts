/**
 * What the router costs and gains, against the same good provider asked by its name in the same run:
 * `bun test/bench/routing.ts`. Times are to the first token, in milliseconds.
 */
import { answer, openaiText, openUpstream, type Script } from "../support/scripted-upstream.ts";
import { openBench } from "./processes.ts";

const runs = Number(Bun.argv[2] ?? 1000);
using bench = await openBench();

const percentile = (values: readonly number[], share: number) =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN).toFixed(2);
const summary = (values: readonly number[]) => `p50 ${percentile(values, 0.5)}  p99 ${percentile(values, 0.99)}`;

/** Asks one after the other, and gives the time to each first token. */
async function ask(origin: string, request: object): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now();
    const body = JSON.stringify({ messages: [{ role: "user", content: "Hi" }], model: "m", ...request });
    const response = await fetch(`${origin}/backend-api/v2/conversation`, { method: "POST", body });
    let text = "";
    let first: number | undefined;
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      if (text.includes("event: content")) first ??= performance.now() - startedAt;
    }
    if (first === undefined || text.includes("event: error")) throw new Error(`a client saw a failure: ${text}`);
    times.push(first);
  }
  return times;
}

async function start(scripts: readonly Script[], settings: object = {}) {
  const upstreams = scripts.map(openUpstream);
  const providers = upstreams.map(({ origin }, index) => ({
    name: String.fromCharCode(65 + index),
    type: "openai",
    base_url: origin,
    api_key: "k",
    models: ["m"],
  }));
  const { port } = await bench.startWith({ providers, ...settings });
  return { upstreams, origin: `http://127.0.0.1:${port}` };
}

const fine: Script = () => openaiText("fine");
const limited: Script = () => answer(429, {}, { "retry-after": "5" });

{
  const { origin, upstreams } = await start([fine, limited, fine]);
  upstreams[0]?.[Symbol.dispose]();
  await ask(origin, { provider: "C" });
  const named = await ask(origin, { provider: "C" });
  const [first = NaN, ...later] = await ask(origin, {});
  console.log(`one dead, one limited, one good; ${runs} runs, none failed`);
  console.log(`  the good one by its name        ${summary(named)}`);
  console.log(`  routed, after the first failure ${summary(later)}  (the first run ${first.toFixed(2)})`);
  console.log(`  the limited one was asked ${upstreams[1]?.requests.length} times`);
}

{
  const stalling = (): Script => (_, count) =>
    count % 20 === 0 ? [{ waitMs: 1000 }, ...openaiText("fine")] : openaiText("fine");
  const alone = await start([stalling(), stalling()]);
  const hedged = await start([stalling(), stalling()], { hedge_after: 0.03 });
  console.log("5 % of the questions stall for 1,000 ms");
  console.log(`  without hedging        ${summary(await ask(alone.origin, {}))}`);
  console.log(`  hedged after 30 ms     ${summary(await ask(hedged.origin, {}))}`);
  const [first, second] = hedged.upstreams.map(({ requests }) => requests.length);
  console.log(`  asked ${first} and ${second} times for ${runs} answers`);
}
// An exit disposes of nothing by itself.
bench[Symbol.dispose]();
process.exit(0);
