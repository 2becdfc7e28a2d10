import { expect, test } from "bun:test";
import { readWebPage } from "../../src/files/formats/web-page.ts";
import { toResult } from "../../src/search/engines/result.ts";
import { toShownText } from "../../src/search/shown-text.ts";

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
