import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveFile } from "../../src/http/file.ts";
import { openApp } from "../support/app.ts";
import { pngOf } from "../support/pictures.ts";
import { openUpstream } from "../support/scripted-upstream.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const origin = { owner: "local", model: "maker/flux", prompt: "a red/cat" };

const clock = () => 1_795_332_166_000;

describe("a medium", () => {
  test("is kept under the contract's name, once for the same bytes, for its owner alone to read on disk", async () => {
    await using app = await openApp({ clock });
    const row = await app.services.library.store.save(png, { ...origin, aspectRatio: "16:9" });
    expect(row).toMatchObject({ type: "image/png", bytes: png.byteLength, width: 1, height: 1 });
    expect(row.name).toMatch(/^1795332166_flux\+16_9\+a_red_cat_[0-9a-f]{16}\.png$/);
    expect((await app.services.library.store.save(png, { ...origin, prompt: "again" })).name).toBe(row.name);
    expect(statSync(app.services.store.blobs.path(row.hash)).mode & 0o777).toBe(0o600);
  });

  test("is no page: what is no picture, film or sound is refused", async () => {
    await using app = await openApp({ clock });
    const { store } = app.services.library;
    for (const bytes of [Buffer.from("<svg onload=alert(1)>"), Buffer.from("%PDF-1.7\n"), Buffer.from("")])
      expect(
        await store.save(bytes, origin).then(
          () => "kept",
          (thrown) => thrown.reason,
        ),
      ).toBe("no_media");
  });

  test("is served with validators, one range, and nothing that a browser would run", async () => {
    await using app = await openApp({ clock });
    const { name, hash } = await app.services.library.store.save(png, origin);
    const get = (headers: Record<string, string> = {}, method = "GET") =>
      app.get(`/media/${encodeURIComponent(name)}`, { headers, method });
    const whole = await get();
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      "content-type": "image/png",
      "content-length": String(png.byteLength),
      "cache-control": "private, max-age=31536000, immutable",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      etag: `"${hash}"`,
      "last-modified": "Sun, 22 Nov 2026 07:22:46 GMT",
    });
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(png);
    const head = await get({}, "HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
      200,
      String(png.byteLength),
      "",
    ]);
    const statuses: [Record<string, string>, number, Buffer?][] = [
      [{ "if-none-match": `"${hash}"` }, 304],
      [{ "if-none-match": `"x", W/"${hash}"` }, 304],
      [{ "if-none-match": "*" }, 304],
      [{ "if-none-match": '"x"', "if-modified-since": "Sun, 22 Nov 2026 07:22:46 GMT" }, 200, png],
      [{ "if-modified-since": "Sun, 22 Nov 2026 07:22:46 GMT" }, 304],
      [{ "if-modified-since": "nonsense" }, 200, png],
      [{ range: "bytes=0-3" }, 206, png.subarray(0, 4)],
      [{ range: "bytes=60-" }, 206, png.subarray(60)],
      [{ range: "bytes=-5" }, 206, png.subarray(-5)],
      [{ range: "bytes=60-999999999999999999999" }, 206, png.subarray(60)],
      [{ range: "bytes=-99999" }, 206, png],
      [{ range: "bytes=9999-" }, 416],
      [{ range: "bytes=-0" }, 416],
      [{ range: "bytes=3-1" }, 200, png],
      [{ range: "bytes=0-1,3-4" }, 200, png],
      [{ range: "lines=0-1" }, 200, png],
      [{ range: "bytes=0-3", "if-range": `"${hash}"` }, 206, png.subarray(0, 4)],
      [{ range: "bytes=0-3", "if-range": '"other"' }, 200, png],
    ];
    expect((await get({ range: "bytes=9999-" }, "HEAD")).status).toBe(200);
    for (const [headers, status, body] of statuses) {
      const answer = await get(headers);
      expect([headers, answer.status]).toEqual([headers, status]);
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (body) expect(bytes).toEqual(Buffer.from(body));
      if (status === 206) expect(answer.headers.get("content-range")).toMatch(/^bytes \d+-\d+\/\d+$/);
      if (status !== 416) continue;
      expect(JSON.parse(bytes.toString()).error.code).toBe("range_not_satisfiable");
      expect(answer.headers.get("content-range")).toBe(`bytes */${png.length}`);
      expect(answer.headers.get("x-request-id")).toBeString();
    }
  });

  test("whose file is gone is a 404, not a failure", async () => {
    await using app = await openApp({ clock });
    const { name, hash } = await app.services.library.store.save(png, origin);
    rmSync(app.services.store.blobs.path(hash));
    for (const method of ["GET", "HEAD"]) expect((await app.get(`/media/${name}`, { method })).status).toBe(404);
    expect(app.logged).toEqual([]);
  });

  test("of somebody else's that would have the very same name gets another", async () => {
    await using app = await openApp({ clock });
    const [ann, bob] = [
      await app.services.library.store.save(png, { ...origin, owner: "ann" }),
      await app.services.library.store.save(png, { ...origin, owner: "bob" }),
    ];
    expect(bob.name).not.toBe(ann.name);
    expect(await app.services.store.media.find(bob.name)).toMatchObject({ owner: "bob" });
  });

  test("that there is not is a 404 in JSON, and an address never leaves its folder", async () => {
    await using app = await openApp({ clock });
    for (const path of ["/media/none.png", "/images/none.png", "/thumbnail/none.png"]) {
      const answer = await app.get(path);
      expect([answer.status, (await answer.json()).error.code]).toEqual([404, "not_found"]);
    }
    for (const name of ["..%2fparley.db", "a%5cb", "%00", "a%0db", "x".repeat(200), "%zz"])
      expect([name, (await app.get(`/media/${name}`)).status]).toEqual([name, 400]);
    for (const name of ["con", "NUL.png", "aux.", "-", "~", "$HOME", "parley.db", "%F0%9F%92%A5"]) {
      const answer = await app.get(`/media/${name}`);
      expect([name, answer.status, (await answer.json()).error.code]).toEqual([name, 404, "not_found"]);
    }
  });

  test("keeps a name that can be served, however long its prompt is", async () => {
    await using app = await openApp({ clock });
    for (const prompt of ["word ".repeat(500), "字".repeat(500), "👩‍👩‍👧".repeat(100), ".", "../../x\0\n"]) {
      const more = { model: "maker/".padEnd(250, "m"), prompt, aspectRatio: "16:9" };
      const { name } = await app.services.library.store.save(pngOf(prompt.length), { ...origin, ...more });
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(100);
      expect((await app.get(`/media/${encodeURIComponent(name)}`)).status).toBe(200);
    }
  });

  test("at whose address a link stands is served, and the link neither followed nor told", async () => {
    using canary = openUpstream(() => ["reset"]);
    await using app = await openApp({ clock });
    const { name } = await app.services.library.store.save(png, origin);
    for (const folder of ["media", "images", "thumbnail"]) {
      const query = `?url=${encodeURIComponent(canary.origin)}`;
      const answer = await app.get(`/${folder}/${name}${query}`, { redirect: "manual" });
      expect([answer.status, answer.headers.get("location")]).toEqual([200, null]);
      expect((await app.get(`/${folder}/none.png${query}`, { redirect: "manual" })).status).toBe(404);
    }
    expect(canary.requests).toEqual([]);
  });

  test("is told of by HEAD without being read, and any other address as GET would", async () => {
    await using app = await openApp({ clock });
    const sound = Buffer.alloc(64 * 1024 * 1024);
    sound.write("RIFF\x24\0\0\0WAVEfmt ", "latin1");
    const { name } = await app.services.library.store.save(sound, origin);
    for (const path of [`/media/${name}`, "/backend-api/v2/version", "/", "/media/none.png", "/nowhere", "/healthz"]) {
      const [head, get] = [await app.get(path, { method: "HEAD" }), await app.get(path)];
      const told = ({ status, headers }: Response) => [path, status, headers.get("content-type"), headers.get("etag")];
      expect(told(head)).toEqual(told(get));
      expect([path, head.headers.get("content-length")]).toEqual([path, String((await get.bytes()).byteLength)]);
      expect(await head.text()).toBe("");
    }
  });
});

test("a file that a browser would run is saved by it, not shown", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-file-"));
  const path = join(folder, "x");
  await Bun.write(path, "<svg onload=alert(1)>");
  const serve = (type: string) =>
    serveFile(new Request("http://localhost/x"), { path, type, bytes: 21, etag: "x", modifiedAt: 0 });
  for (const type of ["image/svg+xml", "text/html", "application/pdf", "text/xml", "application/octet-stream", ""])
    expect([type, (await serve(type)).headers.get("content-disposition")]).toEqual([type, "attachment"]);
  for (const type of ["image/png", "video/mp4", "audio/mpeg"]) {
    const { headers } = await serve(type);
    expect([type, headers.get("content-disposition")]).toEqual([type, null]);
    expect(headers.get("content-security-policy")).toStartWith("sandbox");
  }
  rmSync(folder, { recursive: true });
});
