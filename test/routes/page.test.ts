import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { acceptsEncoding } from "../../src/http/encodings.ts";
import { scriptsOf } from "../../src/ui/bundle.ts";
import { pageFolder } from "../../src/ui/page-files.ts";
import { openApp, type TestApp } from "../support/app.ts";

/** What the first load of the page may take on its way, in bytes. */
const budget = 350 * 1024;

describe("the page's files", () => {
  let app: TestApp;
  beforeAll(async () => void (app = await openApp({ flags: { access_key: "the-setting-key-0123" } })));
  afterAll(() => app[Symbol.asyncDispose]());

  const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(app.origin + path, { headers: { "accept-encoding": "identity", ...headers }, method, decompress: false });
  const scriptOf = async (page: string) => /\/assets\/[\w-]+\.js/.exec(await (await ask(page)).text())?.[0] ?? "";

  test("come under the strictest policy, and are asked for again only where they changed", async () => {
    for (const path of ["/", "/docs"]) {
      const page = await ask(path);
      const policy = page.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(page.headers.get("permissions-policy")).toContain("camera=()");
      expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
      const etag = page.headers.get("etag") ?? "";
      expect((await ask(path, { "if-none-match": etag })).status).toBe(304);
      const head = await ask(path, {}, "HEAD");
      expect([head.status, await head.text()]).toEqual([200, ""]);
    }
  });

  test("are compressed for those who take it, without a key, and kept for ever", async () => {
    const path = await scriptOf("/");
    const plain = await ask(path);
    const compressed = await ask(path, { "accept-encoding": "gzip, deflate, br, zstd" });
    for (const each of [plain, compressed]) {
      expect(each.status).toBe(200);
      expect(each.headers.get("content-type")).toStartWith("text/javascript");
      expect(each.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(each.headers.get("vary")).toBe("accept-encoding");
    }
    expect(compressed.headers.get("content-encoding")).toBe("br");
    expect(brotliDecompressSync(await compressed.bytes())).toEqual(Buffer.from(await plain.bytes()));
    expect(plain.headers.get("etag")).not.toBe(compressed.headers.get("etag"));
    const again = await ask(path, { "accept-encoding": "br", "if-none-match": compressed.headers.get("etag") ?? "" });
    expect(again.status).toBe(304);
    const head = await ask(path, { "accept-encoding": "br" }, "HEAD");
    expect([head.headers.get("content-encoding"), await head.text()]).toEqual(["br", ""]);
    expect((await ask(path, { "accept-encoding": "br;q=0, gzip" })).headers.get("content-encoding")).toBeNull();
  });

  test("are those of the folder and no others", async () => {
    for (const path of ["nothing.js", "..%2findex.html", "%2e%2e/package.json", "index.html", "x.js.br"])
      expect([401, 404]).toContain((await ask(`/assets/${path}`)).status);
  });

  test("of the first load are few enough", async () => {
    const folder = await pageFolder();
    const html = await Bun.file(join(folder, "index.html")).text();
    const styles = [...html.matchAll(/\/assets\/([\w-]+\.css)/g)].map(([, name = ""]) => name);
    const scripts = await scriptsOf(folder, html);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) expect(html).toContain(script);
    const bytes = await Promise.all(
      ["index.html", ...styles, ...scripts].map(async (name) => {
        const content = await Bun.file(join(folder, name)).bytes();
        // As the executable has them; a page's HTML goes as it is.
        return name.endsWith(".html") ? content.byteLength : brotliCompressSync(content).byteLength;
      }),
    );
    const total = bytes.reduce((sum, each) => sum + each, 0);
    console.log(
      `first load: ${(total / 1024).toFixed(1)} KiB of ${budget / 1024}, of ${(await readdir(folder)).length} files`,
    );
    expect(total).toBeLessThanOrEqual(budget);
  });
});

test("an encoding is accepted by its name or a star, unless it weighs nothing", () => {
  const accepting = ["br", "gzip, br", "BR;q=0.1", "*", "gzip;q=1.0, *;q=0.5", "gzip,br ; q=1"];
  for (const each of accepting) expect([each, acceptsEncoding(each, "br")]).toEqual([each, true]);
  const refusing = ["", "gzip", "br;q=0", "br;q=0.000, *", "*;q=0", "brotli", "br;q=x"];
  for (const each of refusing) expect([each, acceptsEncoding(each, "br")]).toEqual([each, false]);
});
