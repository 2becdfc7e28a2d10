/**
 * What shared chats cost: `bun test/bench/shares.ts`. Documents of four sizes, each written, read, and asked for by who has
 * it already, by a process of its own; and the longest that the server's event loop was held up meanwhile.
 */
import { openApp } from "../support/app.ts";

const [origin] = Bun.argv.slice(2);
if (origin === undefined) await serve();
else await ask(origin);
process.exit(0);

async function serve(): Promise<void> {
  await using app = await openApp();
  let last = performance.now();
  let longest = 0;
  setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  const child = Bun.spawn([process.execPath, import.meta.path, app.origin], { stdout: "pipe", stderr: "inherit" });
  for await (const line of child.stdout) {
    await Bun.write(Bun.stdout, `${Buffer.from(line).toString().trim()}, longest block ${longest.toFixed(1)} ms\n`);
    longest = 0;
  }
}

async function ask(server: string): Promise<void> {
  // Whatever is compiled when it is first used.
  await round(server, 10, 20);
  await Bun.write(Bun.stdout, "warm\n");
  await Bun.sleep(200);
  for (const [kilobytes, rounds] of [
    [10, 200],
    [100, 200],
    [1000, 40],
    [8000, 20],
  ] as const) {
    await Bun.write(Bun.stdout, `${kilobytes} kB: ${await round(server, kilobytes, rounds)}\n`);
    await Bun.sleep(200);
  }
}

async function round(server: string, kilobytes: number, rounds: number): Promise<string> {
  const path = `${server}/backend-api/v2/chat/${kilobytes}-${rounds}`;
  const times = { write: [] as number[], read: [] as number[], unchanged: [] as number[] };
  const said = "x".repeat(960);
  for (let updated = 1; updated <= rounds; updated++) {
    const items = Array.from({ length: kilobytes }, (_, at) => ({ role: "user", content: `${said}${at}` }));
    const body = JSON.stringify({ updated, items });
    const headers = { "if-none-match": String(updated) };
    times.write.push(await timed(() => fetch(path, { method: "POST", body })));
    times.read.push(await timed(() => fetch(path)));
    times.unchanged.push(await timed(() => fetch(path, { headers })));
  }
  return Object.entries(times)
    .map(([name, each]) => `${name} ${quantile(each, 0.5)} ms (95 %: ${quantile(each, 0.95)})`)
    .join(", ");
}

async function timed(asked: () => Promise<Response>): Promise<number> {
  const began = performance.now();
  const answer = await asked();
  await answer.arrayBuffer();
  if (answer.status !== 200 && answer.status !== 304) throw new Error(`status ${answer.status}`);
  return performance.now() - began;
}

function quantile(values: readonly number[], part: number): string {
  return (values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN).toFixed(1);
}
