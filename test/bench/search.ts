/**
 * What it costs to search the web before an answer, and a quick answer beside a conversation: `bun test/bench/search.ts [rounds]`.
 * Engine, sites and model are on this machine and answer at once: all that takes time is ours. It wants Linux, where all of 127.0.0.0/8 is this machine.
 */
import { openApp } from "../support/app.ts";
import { type HeldUp, watchLoop } from "./held-up.ts";
import { file, openBench } from "./processes.ts";

const rounds = Number(Bun.argv[2] ?? 20);
const median = (values: readonly number[] = []) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

using bench = await openBench();
const web = await start<{ engine: string; sites: string[] }>("search-web.ts");
const { engine, sites } = web.told;
const provider = { name: "Bench", type: "openai", base_url: `${bench.origin}/1/0`, api_key: "k", models: ["m"] };
const allowed_hosts = sites.map((site) => new URL(site).host);
const settings = { search_engines: ["searxng"], searxng_url: engine, allowed_hosts };
await using app = await openApp({ yaml: Bun.YAML.stringify({ providers: [provider], ...settings }) });
const heldUp = watchLoop();

const first = await search(1, 0);
console.log(`the first search, which starts what reads pages: ${median(first.times.cold).toFixed(0)} ms`);
heldUp();
const { times } = await search(rounds, 1000);
console.log(`one search at a time: the event loop was held up ${told(heldUp())}`);
const [bare, fetched] = [median(times.bare), median(times.fetched)];
console.table(
  Object.entries({
    "without a search": bare,
    "engine and pages fetched, and thrown away": fetched,
    "a search, pages that are new": median(times.cold),
    "a search, pages of today": median(times.known),
    "a search of today": median(times.warm),
  }).map(([figure, ms]) => ({
    "to the first words": figure,
    ms: ms.toFixed(1),
    "beside no search": `× ${(ms / bare).toFixed(1)}`,
    "beside that, and the pages fetched": `× ${(ms / (bare + fetched)).toFixed(1)}`,
  })),
);

const crowd = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((each) => search(Math.ceil(rounds / 4), each * 100_000)));
const all = crowd.flatMap((each) => each.times.cold ?? []);
const unread = crowd.reduce((sum, each) => sum + each.unread, 0);
console.log(
  `eight at a time: new pages ${median(all).toFixed(0)} ms, ${unread} of ${all.length * 5} were not read in time; held up ${told(heldUp())}`,
);

const count = rounds * 50;
const paths = { conversation: "", create: "?provider=Bench&prompt=Hello" };
const rates: Record<string, number[]> = {};
const costs: Record<string, number[]> = {};
for (let round = 0; round < 4; round++)
  for (const [name, query] of Object.entries(paths)) {
    const before = process.cpuUsage();
    const address = `${app.origin}/backend-api/v2/${name}${query}`;
    const { rate } = (await start<{ rate: number }>("search-client.ts", "rate", address, String(count))).told;
    const { user, system } = process.cpuUsage(before);
    if (round === 0) continue;
    (rates[name] ??= []).push(rate);
    (costs[name] ??= []).push((user + system) / count);
  }
for (const name of Object.keys(paths))
  console.log(
    `${name.padEnd(12)} ${median(rates[name]).toFixed(0).padStart(6)} answers a second, ${median(costs[name]).toFixed(0)} µs of the server's processors each`,
  );
web.child.kill();
// An exit disposes of nothing by itself.
await app[Symbol.asyncDispose]();
bench[Symbol.dispose]();
process.exit();

async function search(count: number, number: number) {
  const args = [app.origin, engine, String(count), String(number), ...sites];
  return (await start<{ times: Record<string, number[]>; unread: number }>("search-client.ts", "search", ...args)).told;
}

/** A file of the bench, as a process, once it has told something. */
async function start<Told>(name: string, ...args: readonly string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const child = Bun.spawn([process.execPath, file(name), ...args], {
    stderr: "inherit",
    ipc: resolve,
    onExit: (_, code) => reject(new Error(`${name} ended with ${code}`)),
  });
  return { child, told: await promise };
}

function told({ ms, cpuMs }: HeldUp): string {
  return `${ms.toFixed(1)} ms at most, ${cpuMs.toFixed(1)} of its own work`;
}
