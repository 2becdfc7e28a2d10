import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText } from "../../src/files/reading.ts";
import { type Blobs, openBlobs } from "../../src/store/blobs.ts";
import type { BucketFileRow } from "../../src/store/buckets.ts";

let folder: string;
let blobs: Blobs;
beforeEach(() => (blobs = openBlobs((folder = mkdtempSync(join(tmpdir(), "parley-reading-"))))));
afterEach(() => rmSync(folder, { recursive: true }));

async function save(texts: Readonly<Record<string, string>>): Promise<BucketFileRow[]> {
  const about = { kind: "document", type: "text/markdown", width: null, height: null, created_at: 0 } as const;
  return Promise.all(
    Object.entries(texts).map(async ([name, text]) => {
      await Bun.write(blobs.path(name), text);
      return { ...about, name, blob: name, bytes: Buffer.byteLength(text) };
    }),
  );
}

test("documents of any length come whole and in order, in pieces of which none is large", async () => {
  const texts = { "a.md": "short", "b.md": "größer 漢字 ".repeat(100_000), "c.md": "", "d.md": "the last" };
  const pieces = await Array.fromAsync(readText(await save(texts), blobs));
  const told = Object.entries(texts).map(([name, text]) => `<!-- File: ${name} -->\n${text}\n<!-- End -->\n\n`);
  expect(Buffer.concat(pieces).toString()).toBe(told.join(""));
  expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBeLessThan(1024 * 1024);
});

test("while many short documents are read, others get their turn, and the reader few pieces", async () => {
  const files = await save(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}.md`, "text"])));
  let turns = 0;
  let isOver = false;
  const count = () => void (turns++, isOver || setImmediate(count));
  setImmediate(count);
  const pieces = await Array.fromAsync(readText(files, blobs));
  isOver = true;
  expect(pieces.length).toBeLessThan(5);
  expect(turns).toBeGreaterThan(10);
});
