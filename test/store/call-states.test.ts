import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/index.ts";

const directory = mkdtempSync(join(tmpdir(), "parley-call-states-"));
const store = openStore(directory);
const { callStates } = store;
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const hour = 60 * 60_000;
const save = (owner: string, call_id: string, at: number, follows: readonly string[] = []) =>
  callStates.save({ owner, call_id, state: `"${call_id}"` }, at, follows);

test("what a vendor wants back is found by its calls, of their owner alone, the newest last", async () => {
  await save("ann", "b", 2);
  await save("ann", "a", 1);
  await save("ben", "a", 3);
  expect(callStates.find("ann", ["a", "b", "unknown"])).toEqual(['"a"', '"b"']);
  expect(callStates.find("ben", ["a", "b"])).toEqual(['"a"']);
  expect(callStates.find("cat", ["a", "b"])).toEqual([]);
});

test("it is kept for two days, and for an hour once a later one holds it as well", async () => {
  await save("dan", "first", 0);
  await save("dan", "second", 10, ["first"]);
  await callStates.removeExpired(hour + 10);
  expect(callStates.find("dan", ["first", "second"])).toEqual(['"first"', '"second"']);
  await callStates.removeExpired(hour + 11);
  expect(callStates.find("dan", ["first", "second"])).toEqual(['"second"']);
  await callStates.removeExpired(48 * hour + 11);
  expect(callStates.find("dan", ["second"])).toEqual([]);
});

test("of one owner the newest 5,000 are kept", async () => {
  await save("fay", "before", 0);
  for (let from = 0; from < 5_001; from += 500)
    await Promise.all(Array.from({ length: 500 }, (_, n) => save("eve", `c${from + n}`, from + n)));
  expect(callStates.find("eve", ["c0", "c499", "c500"])).toEqual(['"c500"']);
  expect(callStates.find("fay", ["before"])).toHaveLength(1);
});
