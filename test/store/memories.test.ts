import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/store/index.ts";

const rowOf = (text: string, at = 1) => ({
  memory_id: `mem_${text}`,
  text: JSON.stringify(text),
  metadata: "{}",
  conversation_id: null,
  created_at: at,
  updated_at: at,
});

async function withStore(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "parley-memories-"));
  await use(directory).finally(() => rmSync(directory, { recursive: true, force: true }));
}

test("what a crash left of a long addition is seen by nobody, and removed by the next", () =>
  withStore(async (directory) => {
    await using store = openStore(directory);
    const asked = { owner: "o", userId: "u", filter: undefined };
    const texts = async () => (await store.memories.list({ ...asked, skip: 0, limit: 9 })).rows.map(({ text }) => text);
    await store.memories.add("o", "u", [rowOf("first")], 1e9);
    using other = new Database(join(directory, "parley.db"));
    other.run(`INSERT INTO memories (id, user, memory_id, digest, text, metadata, bytes, created_at, updated_at)
      SELECT id + 5, user, 'mem_half', x'00', '"half"', '{}', 1, 1, 1 FROM memories`);
    expect(await texts()).toEqual(['"first"']);
    expect(await store.memories.remove("o", "u", "mem_half")).toBe(false);
    await store.memories.add("o", "u", [rowOf("second", 100_000)], 1e9);
    expect(await texts()).toEqual(['"second"', '"first"']);
  }));

test("what a crash left of an addition is seen once it is told of again, however soon that is", () =>
  withStore(async (directory) => {
    await using store = openStore(directory);
    const listed = () => store.memories.list({ owner: "o", userId: "u", filter: undefined, skip: 0, limit: 9 });
    await store.memories.add("o", "u", [rowOf("first"), rowOf("second"), rowOf("third")], 1e9);
    using other = new Database(join(directory, "parley.db"));
    const [bytes] = other.query<{ bytes: number }, []>("SELECT bytes FROM memory_owners").all();
    other.run(`UPDATE memory_users SET shown = shown - 2, bytes = bytes / 3`);
    other.run(`UPDATE memory_owners SET bytes = bytes / 3`);
    expect((await listed()).count).toBe(1);
    const again = ["third", "second", "third", "first"].map((text) => ({ ...rowOf(text), memory_id: `new_${text}` }));
    expect(await store.memories.add("o", "u", again, 1e9)).toEqual({
      count: 2,
      ids: ["mem_third", "mem_second", "mem_third", "mem_first"],
    });
    expect((await listed()).rows.map(({ text }) => text)).toEqual(['"third"', '"second"', '"first"']);
    expect(
      Math.abs(
        (other.query<{ bytes: number }, []>("SELECT bytes FROM memory_owners").get()?.bytes ?? 0) - (bytes?.bytes ?? 0),
      ),
    ).toBeLessThan(3);
  }));

test("additions to one user at the same time are whole, each", () =>
  withStore(async (directory) => {
    await using store = openStore(directory);
    const listed = async () =>
      (await store.memories.list({ owner: "o", userId: "u", filter: undefined, skip: 0, limit: 1000 })).count;
    const all = Promise.all(
      Array.from({ length: 5 }, (_, each) =>
        store.memories.add(
          "o",
          "u",
          Array.from({ length: 100 }, (_unused, index) => rowOf(`${each} ${index}`)),
          1e9,
        ),
      ),
    );
    for (let count = 0; count < 500; count = await listed()) expect(count % 100).toBe(0);
    expect((await all).map(({ count }) => count)).toEqual([100, 100, 100, 100, 100]);
  }));

test("an addition is whole, though all memories of its user are removed in the middle of it", () =>
  withStore(async (directory) => {
    await using store = openStore(directory);
    const rows = Array.from({ length: 200 }, (_, index) => rowOf(String(index)));
    const adding = store.memories.add("o", "u", rows, 1e9);
    using other = new Database(join(directory, "parley.db"));
    const begun = other.query<{ count: number }, []>("SELECT count(*) AS count FROM memories");
    while (begun.get()?.count === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await store.memories.removeAll("o", "u")).toBe(0);
    const { count, ids } = await adding;
    const listed = await store.memories.list({ owner: "o", userId: "u", filter: undefined, skip: 0, limit: 1000 });
    expect({ count, listed: listed.count }).toEqual({ count: 200, listed: 200 });
    expect(listed.rows.map(({ memory_id }) => memory_id).toReversed()).toEqual(ids);
  }));

test("a damaged row breaks none of its readers", () =>
  withStore(async (directory) => {
    await using store = openStore(directory);
    await store.memories.add("o", "u", [rowOf("tea one"), rowOf("tea two")], 1e9);
    using other = new Database(join(directory, "parley.db"));
    other.run("UPDATE memories SET metadata = '{', text = '' WHERE memory_id = 'mem_tea one'");
    const filter = { of: "metadata", key: "a", test: { op: "in", values: [null] } } as const;
    expect(
      (
        await store.memories.search({
          owner: "o",
          userId: "u",
          terms: ["tea"],
          meaning: undefined,
          filter: undefined,
          limit: 9,
        })
      ).length,
    ).toBe(2);
    const listed = await store.memories.list({ owner: "o", userId: "u", filter, skip: 0, limit: 9 });
    expect(listed.rows.map(({ memory_id }) => memory_id)).toEqual(["mem_tea two", "mem_tea one"]);
  }));
