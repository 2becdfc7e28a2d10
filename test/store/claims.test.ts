import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimMs } from "../../src/store/claims.ts";
import { openStore } from "../../src/store/index.ts";

const claim = { owner: "local", target: "/a", key: "k" };

test("of servers that share a directory one works on a claim; when it is no more, what it has written decides", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-claims-"));
  const first = openStore(folder);
  await using second = openStore(folder);
  const log = { received_at: 1, entry: "{}" };
  const hold = (key: string, work: () => Promise<unknown>) =>
    first.claimMarks.within(async () => {
      const claimed = await first.claims.claim({ ...claim, key }, 1);
      if (claimed.state === "new") first.claimMarks.hold(claimed.id);
      await work();
      return claimed.state;
    });
  expect(await hold("idle", async () => {})).toBe("new");
  expect(await hold("busy", () => first.clientLog.insert(log, 1e6))).toBe("new");
  // What others write meanwhile is not its doing.
  await first.clientLog.insert(log, 1e6);

  const stateOf = async (key: string, at = 2) => (await second.claims.claim({ ...claim, key }, at)).state;
  expect([await stateOf("idle"), await stateOf("busy")]).toEqual(["running", "running"]);
  expect((await second.claims.claim({ ...claim, owner: "other", key: "idle" }, 2)).state).toBe("new");
  expect((await second.claims.claim({ ...claim, target: "/b", key: "idle" }, 2)).state).toBe("new");
  await first[Symbol.asyncDispose]();
  expect([await stateOf("idle"), await stateOf("busy")]).toEqual(["new", "unknown"]);
  expect([await stateOf("idle"), await stateOf("busy", claimMs + 1)]).toEqual(["running", "new"]);

  expect(await second.claims.removeBefore(3)).toBe(3);
  expect(await second.claims.removeBefore(3)).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

test("a claim that is let go is free unless it has written, and what it was answered can be read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-claims-"));
  await using store = openStore(folder);
  const take = async () => {
    const claimed = await store.claims.claim(claim, 1);
    if (claimed.state !== "new") throw new Error(claimed.state);
    return claimed.id;
  };
  await store.claims.release(await take(), false);
  const id = await take();
  const answer = { status: 200, headers: "{}", sealed: new Uint8Array([1, 2, 3]) };
  await store.claims.answer(id, new Uint8Array([9]), answer);
  expect(await store.claims.claim(claim, 2)).toEqual({ state: "answered", id, digest: new Uint8Array([9]), answer });
  rmSync(folder, { recursive: true, force: true });
});

test("a claim that has the number of one that was let go in the same moment is worked on all the same", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-claims-"));
  await using store = openStore(folder);
  const first = await store.claims.claim({ ...claim, key: "first" }, 1);
  if (first.state !== "new") throw new Error("the key is taken");
  const released = store.claims.release(first.id, false);
  expect(await store.claims.claim({ ...claim, key: "second" }, 1)).toEqual(first);
  await released;
  expect((await store.claims.claim({ ...claim, key: "second" }, 1)).state).toBe("running");
  rmSync(folder, { recursive: true, force: true });
});
