import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Amount, openBudgetTable } from "../../src/store/budgets.ts";
import { openDatabase } from "../../src/store/database.ts";
import { migrations } from "../../src/store/migrations.ts";
import { createWriter } from "../../src/store/writer.ts";

const limit: Amount = { tokens: 1000, nanodollars: 5000 };
const of = { key_id: "k", day: "2026-11-24" };
const servers = [1, 2, 3];

/** A run, as the books must have it. */
interface Held extends Amount {
  readonly server: number;
}

const amount = fc.record({ tokens: fc.nat(400), nanodollars: fc.nat(2000) });
const run = fc.nat(9).map((number) => `run_${number}`);
const step = fc.oneof(
  fc.record({ op: fc.constant("reserve" as const), run, amount, server: fc.constantFrom(...servers) }),
  fc.record({ op: fc.constant("extend" as const), run, amount }),
  fc.record({ op: fc.constant("settle" as const), run, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ op: fc.constant("release" as const), run }),
  fc.record({ op: fc.constant("crash" as const), server: fc.constantFrom(...servers) }),
);

test("whatever runs set aside, use and leave, and whichever server dies, the books balance and no limit is passed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      using database = openDatabase(":memory:", { migrations, shrinks: false, synchronous: "FULL" });
      const writer = createWriter(database);
      const table = openBudgetTable(database, writer);
      const held = new Map<string, Held>();
      let spent: Amount = { tokens: 0, nanodollars: 0 };
      const sum = (name: keyof Amount) => [...held.values()].reduce((total, each) => total + each[name], 0);
      const fits = (more: Amount) =>
        spent.tokens + sum("tokens") + more.tokens <= limit.tokens &&
        spent.nanodollars + sum("nanodollars") + more.nanodollars <= limit.nanodollars;

      for (const each of steps) {
        if (each.op === "reserve" && !held.has(each.run)) {
          const isFitting = fits(each.amount);
          const full = await table.reserve({ run_id: each.run, server: each.server, ...of, ...each.amount }, limit);
          expect(full === undefined).toBe(isFitting);
          if (isFitting) held.set(each.run, { ...each.amount, server: each.server });
        } else if (each.op === "extend") {
          const before = held.get(each.run);
          const isFitting = fits(each.amount);
          const full = await table.extend(each.run, each.amount, limit);
          if (!before) expect(full).toBeUndefined();
          else expect(full === undefined).toBe(isFitting);
          if (before && isFitting)
            held.set(each.run, {
              ...before,
              tokens: before.tokens + each.amount.tokens,
              nanodollars: before.nanodollars + each.amount.nanodollars,
            });
        } else if (each.op === "settle" && held.has(each.run)) {
          const { tokens, nanodollars } = held.get(each.run)!;
          const used = { tokens: Math.floor(tokens * each.share), nanodollars: Math.floor(nanodollars * each.share) };
          // Its row may be of the day after; it is charged to the day in which it was set aside.
          await writer.write(() => table.settle({ run_id: each.run, key_id: "k", day: "2026-11-25", ...used }));
          held.delete(each.run);
          spent = { tokens: spent.tokens + used.tokens, nanodollars: spent.nanodollars + used.nanodollars };
        } else if (each.op === "release") {
          await table.release(each.run);
          held.delete(each.run);
        } else if (each.op === "crash") {
          await table.releaseAllBut(new Set(servers.filter((server) => server !== each.server)));
          for (const [id, { server }] of held) if (server === each.server) held.delete(id);
        }
        expect(await table.get(of)).toEqual({
          ...spent,
          reserved_tokens: sum("tokens"),
          reserved_nanodollars: sum("nanodollars"),
        });
      }
      expect(fits({ tokens: 0, nanodollars: 0 })).toBe(true);
      expect(await table.get({ ...of, day: "2026-11-25" })).toMatchObject({ tokens: 0, reserved_tokens: 0 });
    }),
    { numRuns: 200 },
  );
});
