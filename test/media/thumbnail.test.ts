import { describe, expect, test } from "bun:test";
import { readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { openApp, type TestApp } from "../support/app.ts";
import { pngOf, toPng, toTurnedJpeg } from "../support/pictures.ts";

const origin = { owner: "local", model: "flux", prompt: "a cat" };

async function keep({ services: { library } }: TestApp, bytes: Uint8Array) {
  const { name, hash } = await library.store.save(bytes, origin);
  return { name, hash, address: `/thumbnail/${encodeURIComponent(name)}` };
}

async function get(app: TestApp, address: string, init?: RequestInit) {
  const response = await app.get(address, init);
  const bytes = await response.bytes();
  return { response, bytes, size: await new Bun.Image(bytes).metadata().catch(() => undefined) };
}

const wide = toPng(1200, 600, (x) => [x % 256, 0, 0, x < 600 ? 0 : 255]);

describe("a thumbnail", () => {
  test("is at most 400 by 400, WebP, transparent where the picture is, and has an entity tag of its own", async () => {
    await using app = await openApp();
    const { address, hash } = await keep(app, wide);
    const { response, bytes, size } = await get(app, address);
    expect(size).toEqual({ width: 400, height: 200, format: "webp" });
    // The extended format with its flag for transparency (RFC 9649 §2.7).
    expect([Buffer.from(bytes).toString("latin1", 12, 16), (bytes[20] ?? 0) & 0x10]).toEqual(["VP8X", 0x10]);
    const etag = response.headers.get("etag") ?? "";
    expect(etag).toBe(`"${Bun.SHA256.hash(bytes, "hex")}"`);
    expect(etag).not.toContain(hash);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/webp",
      "cache-control": "private, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    });
    expect((await get(app, address, { headers: { "if-none-match": etag } })).response.status).toBe(304);
    const part = await get(app, address, { headers: { range: "bytes=0-3" } });
    expect([part.response.status, Buffer.from(part.bytes).toString()]).toEqual([206, "RIFF"]);
    const head = await get(app, address, { method: "HEAD" });
    expect(head.response.headers.get("content-length")).toBe(String(bytes.byteLength));
  });

  test("stands upright, and is never larger than the picture", async () => {
    await using app = await openApp();
    const turned = await keep(app, await toTurnedJpeg(wide));
    expect((await get(app, turned.address)).size).toMatchObject({ width: 200, height: 400 });
    const small = await keep(app, pngOf(1));
    expect((await get(app, small.address)).size).toMatchObject({ width: 8, height: 8 });
  });

  test("of a picture that is removed while it is made is not kept", async () => {
    await using app = await openApp();
    const { library, store } = app.services;
    const { hash } = await keep(app, wide);
    const making = library.thumbnails.find({ hash, path: store.blobs.path(hash), type: "image/png" });
    // The picture is read before this, or is not there: neither may leave anything.
    await store.blobs.remove(hash);
    await library.thumbnails.remove(hash);
    expect(await making).toBeUndefined();
    expect(await store.thumbnails.find(hash)).toBeUndefined();
    expect(readdirSync(dirname(store.thumbnailBlobs.path(hash)))).toEqual([]);
  });

  test("is made once, however many ask for it at the same time, and again when its file is lost", async () => {
    await using app = await openApp();
    const { address, hash } = await keep(app, wide);
    const { thumbnailBlobs: blobs, thumbnails } = app.services.store;
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(app, address)));
    expect(new Set(answers.map(({ response }) => response.headers.get("etag"))).size).toBe(1);
    const made = await thumbnails.find(hash);
    await get(app, address);
    expect(await thumbnails.find(hash)).toEqual(made!);
    expect(readdirSync(dirname(blobs.path(hash)))).toEqual([hash]);
    rmSync(blobs.path(hash));
    expect((await get(app, address)).size).toMatchObject({ width: 400 });
  });

  test("of what is no picture, or cannot be read here, is the medium itself", async () => {
    await using app = await openApp();
    const truncated = wide.subarray(0, 400);
    const wav = Buffer.concat([Buffer.from("RIFF\x24\0\0\0WAVEfmt ", "latin1"), Buffer.alloc(60)]);
    // A header and no picture: Bun reads no AVIF on every system.
    const avif = Buffer.concat([Buffer.from("\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "latin1"), Buffer.alloc(40)]);
    for (const [type, bytes] of [
      ["image/png", truncated],
      ["audio/wav", wav],
      ["image/avif", avif],
    ] as const) {
      const { address } = await keep(app, bytes);
      for (let time = 0; time < 2; time++) {
        const answer = await get(app, address);
        expect([answer.response.status, answer.response.headers.get("content-type")]).toEqual([200, type]);
        expect(Buffer.from(answer.bytes)).toEqual(Buffer.from(bytes));
      }
    }
    expect(app.trouble).toEqual([]);
  });
});
