import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { mapParallel } from "../../src/lib/parallel.ts";
import { openExchange } from "./exchange.ts";
import type { FuzzedRoute } from "./input.ts";
import { inputsOf } from "./inputs.ts";
import { createKnown } from "./known.ts";
import { listedInputs } from "./listed.ts";
import { found } from "./lists/found.ts";
import { preparing } from "./prepare.ts";
import { listRoutes } from "./routes.ts";
import { readRuns } from "./runs.ts";
import { send } from "./send.ts";
import { openTarget, type Target } from "./target.ts";

const { runs, seed } = readRuns(8_500);
/** Routes that are asked at once: while one writes, another is answered. */
const atOnce = 8;

let target: Target;
beforeAll(async () => void (target = await openTarget()));
afterAll(() => target[Symbol.asyncDispose]());

test(
  "whatever is asked of any route is answered as it should be, and nothing else comes of it",
  async () => {
    console.log(`fuzz: seed ${seed}`);
    const routes = await listRoutes();
    const known = createKnown();
    const listed = listedInputs(routes, seed);
    const each = Math.ceil((runs - [...listed.values()].flat().length) / routes.length);
    const failures: string[] = [];
    const tally = new Map<number, number>();
    let count = 0;
    using first = openExchange(target.origin);
    for (const each of [...preparing, ...found]) {
      const wrong = await send(each, target, known, first).catch((error: unknown) => error);
      if (wrong instanceof Error) failures.push(wrong.message);
    }
    const startedAt = performance.now();
    await mapParallel(routes, atOnce, async (route) => {
      using exchange = openExchange(target.origin);
      const property = fc.asyncProperty(inputsOf(route), async (input) => {
        if (count++ % 1000 === 0) for (const each of preparing) await send(each, target, known, exchange);
        const answer = await send(input, target, known, exchange);
        const status = typeof answer === "string" ? 0 : answer.status;
        tally.set(status, (tally.get(status) ?? 0) + 1);
      });
      const examples = (listed.get(route) ?? []).map((input) => [input] as [typeof input]);
      const numRuns = Math.max(1, each) + examples.length;
      const outcome = await fc.check(property, {
        seed: seed ^ Bun.hash.crc32(route.method + route.path),
        numRuns,
        examples,
      });
      if (outcome.failed) failures.push(tell(route, outcome));
    });
    const seconds = (performance.now() - startedAt) / 1000;
    console.log(`fuzz: ${count} inputs of ${routes.length} routes in ${seconds.toFixed(1)} s; ${told(tally)}`);
    expect({ failures, harm: await target.findHarm() }).toEqual({ failures: [], harm: [] });
    expect(count).toBeGreaterThan(runs * 0.9);
  },
  60_000 + runs * 20,
);

function tell<T>({ method, path }: FuzzedRoute, { errorInstance, seed, counterexamplePath }: fc.RunDetails<T>): string {
  return `${method} ${path} (seed ${seed}, path ${counterexamplePath}): ${String(errorInstance)}`;
}

const told = (tally: ReadonlyMap<number, number>) =>
  [...tally]
    .sort(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`)
    .join(", ");
