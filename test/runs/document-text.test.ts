import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConverter } from "../../src/files/convert.ts";
import { createDocumentReader } from "../../src/runs/attachments/document-text.ts";
import { openScratch } from "../../src/store/scratch.ts";
import { usualLimits } from "../support/converter.ts";

test("a document that two candidates wait for is read for one of them when the other is given up", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-documents-"));
  using converter = createConverter({ workers: 1, timeoutMs: 60_000, maxMemoryBytes: 2 ** 30, limits: usualLimits });
  const { read } = createDocumentReader({ converter, scratch: openScratch(folder) });
  const part = {
    type: "file" as const,
    file: { filename: "a.txt", file_data: `data:text/plain;base64,${btoa("hi")}` },
  };
  const first = new AbortController();
  const given = read(part, first.signal);
  const other = read(part, new AbortController().signal);
  first.abort(new Error("another one was faster"));
  await expect(given).rejects.toThrow("another one was faster");
  const text = [{ type: "text" as const, text: "<!-- File: a.txt -->\nhi\n<!-- End -->\n\n" }];
  expect(await other).toEqual(text);
  expect(await read(part, AbortSignal.abort())).toEqual(text);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
