import { afterEach, beforeEach, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cache, openCache } from "../../src/store/cache.ts";

const mebibyte = 1024 * 1024;

let folder: string;
let path: string;
let now: number;
let cache: Cache;
const open = (maxBytes = 10 * mebibyte) => openCache({ path, maxBytes, clock: () => now });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-cache-"));
  path = join(folder, "cache.db");
  now = 1000;
  cache = open();
});
afterEach(async () => {
  await cache[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test("what is put is found by its kind and key until its time is over", async () => {
  await cache.put("page", "a", "one", 2000);
  await cache.put("answer", "a", "two", 3000);
  await cache.put("page", "a", "three \ud83d\ude00", 2000);
  expect(await cache.find("page", "a")).toBe("three \ud83d\ude00");
  expect(await cache.find("answer", "a")).toBe("two");
  expect(await cache.find("search", "a")).toBeUndefined();
  now = 2000;
  expect(await cache.find("page", "a")).toBeUndefined();
  expect(await cache.find("answer", "a")).toBe("two");
  expect(await cache.removeBefore(now)).toBe(1);
  expect(await cache.removeBefore(now)).toBe(0);
});

test("it is there for the next server, and names nothing that was asked for", async () => {
  await cache.put("answer", "the secret question", "value", 2000);
  await cache[Symbol.asyncDispose]();
  expect(readFileSync(path).includes("secret question")).toBe(false);
  cache = open();
  expect(await cache.find("answer", "the secret question")).toBe("value");
});

test("the oldest go when there is too much, and what is too large never comes", async () => {
  const value = "x".repeat(mebibyte / 2);
  for (let number = 0; number < 60; number++) await cache.put("page", String(number), value, 2000);
  const kept: number[] = [];
  for (let number = 0; number < 60; number++) {
    if ((await cache.find("page", String(number))) !== undefined) kept.push(number);
  }
  expect(kept).toEqual(Array.from({ length: 19 }, (_, index) => index + 41));
  await cache.put("page", "large", "x".repeat(1.1 * mebibyte), 2000);
  expect(await cache.find("page", "large")).toBeUndefined();
  await cache[Symbol.asyncDispose]();
  expect(statSync(path).size).toBeLessThan(12 * mebibyte);
  cache = open(mebibyte);
  expect(await cache.find("page", "58")).toBeUndefined();
  expect(await cache.find("page", "59")).toBe(value);
});

test.each([
  ["damaged", () => writeFileSync(path, "Dear all, ".repeat(10_000))],
  [
    "newer",
    () => {
      using database = new Database(path);
      database.run("PRAGMA user_version = 99");
    },
  ],
  [
    "damaged within",
    () => {
      const bytes = readFileSync(path);
      bytes.fill(0x5a, 4096);
      writeFileSync(path, bytes);
    },
  ],
])("a %s file is made anew", async (_, spoil) => {
  await cache.put("page", "a", "one", 2000);
  await cache[Symbol.asyncDispose]();
  spoil();
  cache = open();
  expect(await cache.find("page", "a")).toBeUndefined();
  await cache.put("page", "a", "two", 2000);
  expect(await cache.find("page", "a")).toBe("two");
});

test("nobody fails because of it: where it cannot be opened nothing is found or kept", async () => {
  cache = openCache({ path: join(folder, "absent", "cache.db"), maxBytes: mebibyte, clock: () => now });
  await cache.put("page", "a", "one", 2000);
  expect(await cache.find("page", "a")).toBeUndefined();
});

test("there is no file before it is used", async () => {
  expect(await cache.removeBefore(now)).toBe(0);
  expect(() => statSync(path)).toThrow("ENOENT");
});
