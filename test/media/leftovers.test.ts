import { expect, test } from "bun:test";
import { utimesSync } from "node:fs";
import { createLeftovers } from "../../src/media/leftovers.ts";
import { openApp } from "../support/app.ts";
import { pngOf } from "../support/pictures.ts";

test("what was deleted too soon goes a while later, once, and not after the end", async () => {
  const removed: string[] = [];
  const remove = async (hash: string) => void removed.push(hash);
  const early = createLeftovers(remove, 5);
  early.add("a");
  early.add("a");
  await Bun.sleep(50);
  expect(removed).toEqual(["a"]);
  early.add("b");
  early[Symbol.dispose]();
  await Bun.sleep(50);
  expect(removed).toEqual(["a"]);
});

test("a file that is deleted goes at once where it is old, and stays where another owner has the same bytes", async () => {
  await using app = await openApp();
  const { library, store } = app.services;
  const keep = (number: number, owner: string) => library.store.save(pngOf(number), { owner, model: "m", prompt: "p" });
  const [mine, shared, theirs] = [await keep(1, "local"), await keep(2, "local"), await keep(2, "ann")];
  for (const { hash } of [mine, shared]) utimesSync(store.blobs.path(hash), 1, 1);
  await library.remove("local", mine.name);
  await library.remove("local", shared.name);
  expect(await Bun.file(store.blobs.path(mine.hash)).exists()).toBe(false);
  expect(await Bun.file(store.blobs.path(theirs.hash)).exists()).toBe(true);
});
