import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readWebPage } from "../../src/files/formats/web-page.ts";
import { createReadPageText } from "../../src/page-text.ts";
import { toResult } from "../../src/search/engines/result.ts";
import { toShownText } from "../../src/search/shown-text.ts";
import { until } from "../support/until.ts";

const address = "https://site.test/a";
const page = (head: string) =>
  readWebPage(`<html><head>${head}</head><body><main><p>Some words.</p></main></body></html>`, address);

test("a page's title and its own address are no longer than what anybody reads", () => {
  const { title, text } = page(`<title>${"word ".repeat(100_000)}</title>`);
  expect(title).toHaveLength(1000);
  expect(text).toBe("Some words.");
  expect(page(`<link rel="canonical" href="/${"a".repeat(100_000)}">`).canonical).toBeUndefined();
  expect(page(`<link rel="canonical" href="/b">`).canonical).toBe("https://site.test/b");
});

test("a page that does not say what its own address is has not that which its links are relative to", () => {
  for (const link of ["", '<link rel="canonical">', '<link rel="canonical" href=" ">'])
    expect(page(`<base href="/docs/">${link}`).canonical).toBeUndefined();
  expect(page('<base href="/docs/"><link rel="canonical" href="b">').canonical).toBe("https://site.test/docs/b");
});

test("a result whose address is longer than a page of text is none", () => {
  expect(toResult(`${address}?${"a".repeat(3000)}`, "title", "snippet")).toBeUndefined();
  expect(toResult(address, "title", "snippet")?.url).toBe(address);
});

test("a title turns nothing around, and holds nothing that nobody sees", () => {
  expect(toShownText("\u202egnp.exe\u202c \u2067a\u2069\nb\u200b\u00ad", 100)).toBe("gnp.exe a b");
  // Joiners make one sign of several, and words of Persian.
  expect(toShownText("👩\u200d🚀 می\u200cخواهم", 100)).toBe("👩\u200d🚀 می\u200cخواهم");
  expect(toResult(address, "\u200b", "")?.title).toBe("");
});

test("of a text that is long the beginning is read, whole to its last character, and nothing is left of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-page-"));
  const [page, text] = [join(folder, "page"), join(folder, "text")];
  const write = async (path: string, content: string) => (await writeFile(path, content), { path });
  const readPageText = createReadPageText({
    scratch: { folder, write: async () => ({ ...(await write(page, "bytes")), bytes: 5 }) },
    converter: {
      convert: async () => [
        { kind: "document", name: "page", ...(await write(text, "漢字".repeat(2_000_000))), bytes: 0 },
      ],
      warm: () => {},
      [Symbol.dispose]: () => {},
    },
  });
  const asked = { url: new URL(address), type: "text/plain", charset: undefined, bytes: new Uint8Array(5) };
  const read = await readPageText(asked, new AbortController().signal);
  expect(read.text).toBe("漢字".repeat(100_000));
  expect(await Promise.all([page, text].map((path) => Bun.file(path).exists()))).toEqual([false, false]);
  rmSync(folder, { recursive: true });
});

test("large pages are read one after the other, and small ones meanwhile; who leaves is in nobody's way", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-page-"));
  const begun: PromiseWithResolvers<void>[] = [];
  const readPageText = createReadPageText({
    scratch: { folder, write: async () => ({ path: join(folder, "none"), bytes: 0 }) },
    converter: {
      async convert() {
        const job = Promise.withResolvers<void>();
        begun.push(job);
        await job.promise;
        return [{ kind: "skipped", name: "page", reason: "it is odd" }];
      },
      warm: () => {},
      [Symbol.dispose]: () => {},
    },
  });
  const read = (size: number, signal = new AbortController().signal) => {
    const asked = { url: new URL(address), type: "text/html", charset: undefined, bytes: new Uint8Array(size) };
    return readPageText(asked, signal).catch((error: Error) => error.message);
  };
  const leaving = new AbortController();
  const large = [read(5_000_000), read(5_000_000, leaving.signal), read(5_000_000)];
  const small = read(1000);
  await until(() => begun.length >= 2);
  await Bun.sleep(20);
  expect(begun).toHaveLength(2);
  leaving.abort(new Error("left"));
  begun[0]?.resolve();
  begun[1]?.resolve();
  await small;
  await until(() => begun.length >= 3);
  expect(begun).toHaveLength(3);
  begun[2]?.resolve();
  const odd = "what site.test sends cannot be read: it is odd";
  expect(await Promise.all(large)).toEqual([odd, "left", odd]);
  rmSync(folder, { recursive: true });
});
