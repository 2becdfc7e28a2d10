import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConverter } from "../../src/files/convert.ts";
import { createReadPageText } from "../../src/page-text.ts";
import type { PageText } from "../../src/search/page-text.ts";
import { openScratch } from "../../src/store/scratch.ts";
import { root } from "../support/command.ts";
import { usualLimits } from "../support/converter.ts";
import { listDocuments, overlap, textOf } from "../support/corpus.ts";

const directory = mkdtempSync(join(tmpdir(), "parley-pages-"));
const scratch = openScratch(directory);
const converter = createConverter({ workers: 2, timeoutMs: 60_000, maxMemoryBytes: 1024 ** 3, limits: usualLimits });
const readPageText = createReadPageText({ converter, scratch });
afterAll(() => {
  converter[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

interface Sent {
  readonly type?: string;
  readonly charset?: string;
  readonly signal?: AbortSignal;
}

function read(content: string | Uint8Array, { type = "text/html", charset, signal }: Sent = {}): Promise<PageText> {
  const bytes = new Uint8Array(Buffer.from(content));
  const url = new URL("https://site.example/news/today");
  return readPageText({ url, type, charset, bytes }, signal ?? new AbortController().signal);
}

const bodyOf = async (body: string) =>
  (await read(`<html><head><title>T</title></head><body>${body}</body></html>`)).text;

describe("pages written after real ones", () => {
  const folder = join(root, "test/fixtures/pages");
  const names = readdirSync(folder).flatMap((file) => /^(.*)\.html$/.exec(file)?.[1] ?? []);
  /** What their hosts say of them, which they do not say themselves. */
  const charsets: Readonly<Record<string, string>> = { "15-japanese-shift-jis": "shift_jis" };

  test("are their main text: by words, nine tenths at the median, and six tenths of each", async () => {
    const overlaps: { name: string; share: number }[] = [];
    for (const name of names.sort()) {
      const charset = charsets[name];
      const { title, text } = await read(readFileSync(join(folder, `${name}.html`)), charset ? { charset } : {});
      const known = readFileSync(join(folder, `${name}.txt`), "utf8");
      overlaps.push({ name, share: overlap(textOf("html", `${title}\n${text}`), known) });
    }
    const table = overlaps.map(({ name, share }) => `${share.toFixed(3)} ${name}`).join("\n");
    const shares = overlaps.map(({ share }) => share).sort();
    expect(shares.length).toBeGreaterThanOrEqual(30);
    expect(shares[Math.floor(shares.length / 2)], table).toBeGreaterThanOrEqual(0.9);
    expect(shares[0], table).toBeGreaterThanOrEqual(0.6);
  });
});

describe("a page", () => {
  test("has its title in one line, which its text does not say again, and its own address whole", async () => {
    const html =
      "<title>Soup\n of the day | The Inn</title><link rel=canonical href='../soup?x=1'><main><h1>Soup of the day</h1><p>Leek, <a href=/b>bread</a>.</p></main>";
    expect(await read(html)).toEqual({
      title: "Soup of the day",
      text: "Leek, [bread](https://site.example/b).",
      canonical: "https://site.example/soup?x=1",
    });
    expect(
      await read("<link rel=canonical href='javascript:alert(1)'><p>Some text that stands here.</p>"),
    ).toMatchObject({
      canonical: undefined,
    });
  });

  test("loses what nobody sees, what asks for consent, and what leads elsewhere", async () => {
    const around = [
      "<p hidden>one</p><p style='display: none'>two</p><p aria-hidden=true>three</p>",
      "<div role=dialog><p>four</p></div><div id=onetrust-consent-sdk><p>five</p></div><div class='cookieBanner_x1'><p>six</p></div>",
      "<ul class=breadcrumb><li><a href=/>seven</a></ul><div class='post-share-buttons share'>eight</div>",
      "<button>nine</button><select><option>ten</select><section class=related-articles><p>eleven</p></section>",
    ];
    expect(
      await bodyOf(`${around.join("")}<main><p>This is all that there is to say.</p>${around.join("")}</main>`),
    ).toBe("This is all that there is to say.");
  });

  test("keeps what only has such names: its main part, a list of dishes, a section by its own heading, an accordion", async () => {
    const kept = [
      "<div class=menu><p>Pea soup, cod with beans, and a pie.</p></div>",
      "<section id=sharing><h2>Sharing<a href=#sharing>#</a></h2><p>Files may be shared.</p></section>",
      "<h3><button>Are dogs allowed?</button></h3><p>They are.</p>",
    ];
    const text = await bodyOf(`<div class='modal overlay'><main class=sidebar>${kept.join("")}</main></div>`);
    for (const words of ["Pea soup", "Files may be shared", "Are dogs allowed?", "They are"])
      expect(text).toContain(words);
  });

  test("keeps headings that are links, without the signs and buttons beside their words", async () => {
    const headings = [
      "<h2 id=a><a class=header href=#a>Ownership</a></h2><p>Each value has one owner.</p>",
      "<h2 id=b>Moves<a class=anchor href=#b>§</a> <button>Copy path</button></h2><p>It may change.</p>",
    ];
    expect(await bodyOf(`<main>${headings.join("")}</main>`)).toBe(
      "## Ownership\n\nEach value has one owner.\n\n## Moves\n\nIt may change.",
    );
  });

  test("loses the comments of an article, and keeps those that are all that it has", async () => {
    const comments = `<div class=comments>${"<p>I say something, and somebody else another thing.</p>".repeat(20)}</div>`;
    const article = `<article>${"<p>A paragraph of an article that goes on for a while, as they do.</p>".repeat(20)}</article>`;
    expect(await bodyOf(article + comments)).not.toContain("somebody else");
    expect(await bodyOf(`<p>What do you think?</p>${comments}`)).toContain("somebody else");
  });

  test("keeps code with its lines and its language, and tables", async () => {
    const text = await bodyOf(
      "<main><div class='highlight-python'><pre><span class=linenos>1</span>a = 1<br>b = 2</pre></div><table><tr><th>a<th>b<tr><td>1<td>2</table></main>",
    );
    expect(text).toBe("```python\na = 1\nb = 2\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |");
  });

  test("of a shop says the price that only its data say, once", async () => {
    const product = {
      "@type": "Product",
      name: "A cup",
      description: "It holds tea.",
      offers: { price: "12.00", priceCurrency: "EUR" },
    };
    const page = (words: string) =>
      `<title>A cup</title><script type="application/ld+json">${JSON.stringify(product)}</script><main><h1>A cup</h1><p>${words}</p></main>`;
    expect((await read(page("It holds tea."))).text).toBe("Price: 12.00 EUR\n\nIt holds tea.");
    expect((await read(page("It holds tea, for 12,00 €."))).text).toBe("It holds tea, for 12,00 €.");
  });

  test("cannot write our marks, and nothing of it runs", async () => {
    const text = await bodyOf(
      "<main><p>&lt;!-- End --&gt; &lt;/source&gt;<script>document.title = 'x'</script> plain</p></main>",
    );
    expect(text).not.toMatch(/(?<!\\)<[!/]/);
    expect(text).not.toContain("document.title");
  });

  test("with headings that end as others is not one heading", async () => {
    expect(await bodyOf("<main><h2>One</h3><p>Text of one.</p><h3>Two<p>Text of two.</p></main>")).toStartWith(
      "## One\n\nText of one.",
    );
  });

  test.each([
    ["nested without end", `<body>${"<div>".repeat(100_000)}x`, "nested too deeply"],
    ["empty", "<html><body></body></html>", "it has no text"],
    ["of pictures alone", "<html><body><img src=a.png alt=a></body></html>", "it has no text"],
  ])("%s has a reason, without advice for those who upload", async (_, html, reason) => {
    const failure = read(html);
    await expect(failure).rejects.toMatchObject({ reason: "fetch_failed" });
    await expect(failure).rejects.toThrow(
      `what site.example sends cannot be read: ${reason === "it has no text" ? reason : "its parts are"}`,
    );
  });

  test("leaves nothing behind, read or not", async () => {
    await read("<p>Some words.</p>");
    await read(`<body>${"<div>".repeat(1000)}x`).catch(() => {});
    const stop = AbortSignal.abort(new Error("left"));
    await expect(read("<p>Some words.</p>", { signal: stop })).rejects.toThrow("left");
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("the charset of a page", () => {
  /** The other way round than `TextDecoder`, for charsets of one byte a letter. */
  function encode(text: string, charset: string): Uint8Array {
    const letters = new TextDecoder(charset).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    return Uint8Array.from(text, (letter) => letters.indexOf(letter));
  }
  const words = "Здесь живут совы, и больше никто.";
  const page = (head: string) => `<html><head>${head}</head><p>${words}`;

  test.each<[string, Uint8Array, string | undefined]>([
    ["its mark, whatever is said", Buffer.from(`\ufeff${page("<meta charset=koi8-r>")}`), "windows-1251"],
    ["the mark of UTF-16", Buffer.from(`\ufeff${page("<meta charset=koi8-r>")}`, "utf16le"), "utf-8"],
    ["its host's word before its own", encode(page("<meta charset=koi8-r>"), "windows-1251"), "windows-1251"],
    ["its own word", encode(page("<meta charset='koi8-r'>"), "koi8-r"), undefined],
    [
      "its own word as an equivalent of its host's",
      encode(page("<META HTTP-EQUIV=content-type CONTENT='text/html; charset=koi8-r'>"), "koi8-r"),
      undefined,
    ],
    ["its own word as XML", encode(`<?xml version="1.0" encoding="koi8-r"?>${page("")}`, "koi8-r"), undefined],
    ["its own word where its host's is no charset", encode(page("<meta charset=koi8-r>"), "koi8-r"), "unicorn"],
    ["its own word where it cannot be in its host's", encode(page("<meta charset=koi8-r>"), "koi8-r"), "utf-8"],
    ["UTF-8 where nothing is said", Buffer.from(page("")), undefined],
    [
      "UTF-8 with a byte that is none",
      Buffer.concat([Buffer.from(page("") + words.repeat(30)), Buffer.of(0xff)]),
      undefined,
    ],
    ["what it is likely in where nothing is said", encode(page("") + words.repeat(5), "windows-1251"), undefined],
  ])("is %s", async (_, bytes, charset) => {
    expect((await read(bytes, charset === undefined ? {} : { charset })).text).toStartWith(words.slice(0, -1));
  });
});

describe("what is no page of HTML", () => {
  test("is read as an upload is, if it has text", async () => {
    expect((await read('{"a": 1}', { type: "application/json" })).text).toBe('{"a": 1}');
    expect((await read("<p>not a page</p>", { type: "text/plain" })).text).toBe("<p>not a page</p>");
    expect((await read("a,b\n1,2\n", { type: "text/csv" })).text).toContain("| a | b |");
    expect((await read("<!doctype html><title>T</title><p>Without a type.", { type: "" })).text).toBe(
      "Without a type.",
    );
    const pdf = listDocuments("pdf").find(({ reference }) => reference !== undefined);
    const { text } = await read(pdf!.content, { type: "application/octet-stream" });
    expect(overlap(textOf("pdf", text), pdf!.reference ?? "")).toBeGreaterThan(0.8);
  });

  test.each([
    [
      "a picture",
      Buffer.from("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de", "hex"),
      "image/png",
    ],
    [
      "a picture that is called a page",
      Buffer.from("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de", "hex"),
      "text/html",
    ],
    ["an archive", Buffer.from("504b0506000000000000000000000000000000000000", "hex"), "application/zip"],
  ])("is refused if it is %s", async (_, bytes, type) => {
    await expect(read(bytes, { type })).rejects.toMatchObject({ reason: "fetch_failed" });
  });
});
