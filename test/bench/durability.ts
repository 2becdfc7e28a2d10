import { print } from "../../src/lib/log.ts";
import { toTable } from "../../src/cli/table.ts";
import { openBench } from "./processes.ts";

/** `bun test/bench/durability.ts`: how many changes a second one server acknowledges, by what each of them is to survive. */
const atOnce = 64;
const measuredMs = 4000;

using bench = await openBench();
const rows: string[][] = [];
for (const durability of ["power", "process"]) {
  const { port } = await bench.startWith({ durability });
  const origin = `http://127.0.0.1:${port}/backend-api/v2`;
  const rates = [
    // One after the other: each waits for its own commit.
    await measure(1, (n) => postJson(`${origin}/log`, { id: `one-${n}` })),
    await measure(atOnce, (n) => postJson(`${origin}/log`, { id: `many-${n}` })),
    await measure(atOnce, (n) => upload(`${origin}/files/bench${n % 500}`, n)),
  ];
  rows.push([durability, ...rates.map((rate) => Math.round(rate).toLocaleString("en"))]);
}
print(
  toTable(["DURABILITY", "CHANGES/S, ONE AFTER THE OTHER", `CHANGES/S, ${atOnce} AT ONCE`, "UPLOADS/S OF 1 KB"], rows),
);

/** By how many ask at once. */
async function measure(asking: number, ask: (n: number) => Promise<Response>): Promise<number> {
  let count = 0;
  const startedAt = performance.now();
  const askOn = async () => {
    while (performance.now() - startedAt < measuredMs) {
      const answer = await ask(count++);
      if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: asking }, askOn));
  return (count / (performance.now() - startedAt)) * 1000;
}

function postJson(address: string, body: unknown): Promise<Response> {
  return fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

function upload(address: string, n: number): Promise<Response> {
  const form = new FormData();
  form.append("files", new File([`${n} `.repeat(200)], `${n}.txt`));
  return fetch(address, { method: "POST", body: form });
}
