import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/store/database.ts";
import { openStore } from "../../src/store/index.ts";
import { migrations } from "../../src/store/migrations.ts";
import { usageMigration } from "../../src/store/migrations/usage.ts";
import { createRandom } from "../support/random.ts";
import { usageRow } from "../support/usage.ts";

const range = { user: null, from: "2026-01-01", to: "2026-12-31" };

test("what was used before there were totals is in them, and stays what it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-usage-"));
  const before = migrations.slice(0, migrations.indexOf(usageMigration));
  const database = openDatabase(join(folder, "parley.db"), { migrations: before, shrinks: false, synchronous: "FULL" });
  const insert = database.query(
    `INSERT INTO usage (run_id, owner, created_at, day, provider, model, prompt_tokens, completion_tokens, total_tokens,
      details, outcome, duration_ms, cost) VALUES (?, ?, 1, ?, ?, ?, ?, 2, ?, ?, 'stop', 5, ?)`,
  );
  const told = JSON.stringify({ prompt_tokens_details: { cached_tokens: 4 } });
  insert.run("run_1", "local", "2026-11-23", "A", "m", 10, 12, told, 0.5);
  insert.run("run_2", "local", "2026-11-24", "A", "n", 20, 22, "{}", null);
  insert.run("run_3", "ann", "2026-11-24", null, null, 1, 3, "not JSON", 0.25);
  database.close();

  await using store = openStore(folder);
  expect(await store.usage.find("run_1")).toMatchObject({ owner: "local", user: null, saved_tokens: 4, cost: 0.5 });
  const { days, models, users } = await store.usage.totals({ owner: null, ...range });
  expect(days).toMatchObject([
    { name: "2026-11-23", requests: 1, total_tokens: 12, saved_tokens: 4 },
    { name: "2026-11-24", requests: 2, total_tokens: 25, cost: 0.25 },
  ]);
  expect(models.map(({ name, total_tokens }) => [name, total_tokens])).toEqual([
    ["n", 22],
    ["m", 12],
    ["", 3],
  ]);
  expect(users.map(({ name }) => name)).toEqual(["local", "ann"]);
  const own = await store.usage.totals({ owner: "local", ...range, user: "local" });
  expect([own.days.length, own.providers]).toEqual([2, [expect.objectContaining({ name: "A", total_tokens: 34 })]]);
  const page = await store.usage.page({
    owner: "ann",
    after: { day: "2026-11-24", owner: "", id: 0 },
    to: "2026-11-24",
    format: "json",
  });
  expect(JSON.parse(page.text)).toMatchObject({ run_id: "run_3", owner: "ann" });
  rmSync(folder, { recursive: true });
});

test("totals are the sums of rows, whatever comes, comes twice, or is told of first", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-usage-"));
  await using store = openStore(folder);
  const draw = createRandom(7);
  const pick = <T>(...of: readonly T[]) => of[Math.floor(draw() * of.length)] as T;
  const rows = Array.from({ length: 400 }, () => ({
    run_id: `run_${Math.floor(draw() * 200)}`,
    owner: pick("a", "b"),
    key_id: null,
    user: pick("u", "v", null),
    created_at: 1,
    day: pick("2026-11-23", "2026-11-24"),
    provider: pick("P", null),
    model: pick("m", "n", null),
    prompt_tokens: Math.floor(draw() * 9),
    completion_tokens: Math.floor(draw() * 9),
    total_tokens: Math.floor(draw() * 99),
    saved_tokens: 0,
    cost: pick(0.25, null),
    details: "{}",
    outcome: "stop" as const,
    error: null,
    duration_ms: 0,
    first_token_ms: null,
  }));
  for (const row of rows) await (draw() < 0.5 ? store.usage.insert(row) : store.usage.insertReported(row));
  for (const owner of ["a", "b", null]) {
    const page = await store.usage.page({
      owner,
      after: { day: range.from, owner: "", id: 0 },
      to: range.to,
      format: "json",
    });
    const kept: typeof rows = page.text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const found = await store.usage.totals({ owner, ...range });
    const sum = (of: readonly (typeof rows)[number][]) => [
      of.length,
      of.reduce((total, { total_tokens }) => total + total_tokens, 0),
    ];
    for (const [named, nameOf] of [
      [found.models, (row: (typeof rows)[number]) => row.model ?? ""],
      [found.providers, (row: (typeof rows)[number]) => row.provider ?? ""],
      [found.users, (row: (typeof rows)[number]) => row.user ?? row.owner],
    ] as const) {
      const expected = [...Map.groupBy(kept, nameOf)].map(([name, of]) => [name, ...sum(of)]);
      expect(named.map(({ name, requests, total_tokens }) => [name, requests, total_tokens]).sort()).toEqual(
        expected.sort(),
      );
      const tokens = named.map(({ total_tokens }) => total_tokens);
      expect(tokens).toEqual(tokens.toSorted((a, b) => b - a));
    }
    expect(sum(kept)).toEqual([
      found.days.reduce((total, { requests }) => total + requests, 0),
      found.days.reduce((total, { total_tokens }) => total + total_tokens, 0),
    ]);
  }
  rmSync(folder, { recursive: true });
});

test("what a client called otherwise than the run that it told of leaves no name behind that nothing was used of", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-usage-"));
  await using store = openStore(folder);
  const row = { ...usageRow, day: "2026-11-23" };
  await store.usage.insertReported({ ...row, user: "zoë", provider: "a", model: "M" });
  await store.usage.insert({ ...row, day: "2026-11-24" });
  const { days, models, providers, users } = await store.usage.totals({ owner: null, ...range });
  const names = [days, models, providers, users].map((group) => group.map(({ name, requests }) => [name, requests]));
  expect(names).toEqual([[["2026-11-24", 1]], [["m", 1]], [["A", 1]], [["local", 1]]]);
  rmSync(folder, { recursive: true });
});
