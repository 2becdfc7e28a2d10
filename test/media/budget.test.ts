import { describe, expect, test } from "bun:test";
import { existsSync, utimesSync } from "node:fs";
import { openServices } from "../../src/services.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { pngOf, toPng } from "../support/pictures.ts";

const origin = { owner: "local", model: "flux", prompt: "a cat" };
const megabyte = 1024 * 1024;
const dayMs = 86_400_000;

/** Something that looks like a sound, of so many bytes, unlike that of any other number. */
function soundOf(number: number, bytes: number): Buffer {
  const sound = Buffer.alloc(bytes, number);
  sound.write("RIFF\x24\0\0\0WAVEfmt ", "latin1");
  return sound;
}

function save({ services: { library } }: TestApp, bytes: Uint8Array) {
  return library.store.save(bytes, origin);
}

async function outcome(saved: Promise<unknown>): Promise<string> {
  return saved.then(
    () => "kept",
    (thrown) => thrown.reason,
  );
}

/** As if it had been written a day ago. */
function age({ services: { store } }: TestApp, hash: string) {
  utimesSync(store.blobs.path(hash), Date.now() / 1000 - 86_400, Date.now() / 1000 - 86_400);
}

describe("the room for media", () => {
  test("is not exceeded: what does not fit is refused, and nothing of it stays", async () => {
    await using app = await openApp({ flags: { max_media: String(megabyte) } });
    const first = await save(app, soundOf(1, 600_000));
    expect(await outcome(save(app, soundOf(2, 600_000)))).toBe("storage_full");
    expect(await outcome(save(app, soundOf(3, 400_000)))).toBe("kept");
    expect(app.services.store.media.totalBytes()).toBe(1_000_000);
    expect((await app.get(`/media/${first.name}`)).status).toBe(200);
    const { blobs } = app.services.store;
    const names = await Array.fromAsync(blobs.list(10));
    expect(names.flat()).toHaveLength(2);
  });

  test("is not exceeded by many at once either", async () => {
    await using app = await openApp({ flags: { max_media: String(megabyte) } });
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map((number) => outcome(save(app, soundOf(number, 400_000)))));
    expect(outcomes.toSorted()).toEqual(["kept", "kept", "storage_full", "storage_full", "storage_full"]);
  });

  test("is made by thumbnails first, those that were used least recently before others", async () => {
    let now = Date.now();
    await using app = await openApp({ clock: () => now, flags: { max_media: String(megabyte) } });
    // Noise, so that its thumbnail takes room.
    const noise = (seed: number) => toPng(300, 300, (x, y) => [(x * y * seed) % 256, (x * seed) % 251, y % 256, 255]);
    const pictures = await Promise.all([1, 7, 13].map((seed) => save(app, noise(seed))));
    const { thumbnails, media } = app.services.store;
    for (const { name } of [...pictures, pictures[0]!]) {
      now += 1000;
      await (await app.get(`/thumbnail/${name}`)).bytes();
    }
    await app.services.library.uses.flush();
    const isThere = async () =>
      Promise.all(pictures.map(async ({ hash }) => (await thumbnails.find(hash)) !== undefined));
    expect(await isThere()).toEqual([true, true, true]);
    const left = megabyte - media.totalBytes() - thumbnails.totalBytes();
    await save(app, soundOf(1, left + 100));
    expect(await isThere()).toEqual([true, false, true]);
    const { hash } = pictures[1]!;
    expect(existsSync(app.services.store.thumbnailBlobs.path(hash))).toBe(false);
    for (const { name } of pictures) expect((await app.get(`/media/${name}`)).status).toBe(200);
  });

  test("is made by media that nobody has used for as long as the setting says, and by no others", async () => {
    let now = Date.now();
    await using app = await openApp({
      clock: () => now,
      flags: { max_media: String(megabyte), media_retention: "30" },
    });
    const [old, used] = [await save(app, soundOf(1, 500_000)), await save(app, soundOf(2, 500_000))];
    for (const { hash } of [old, used]) age(app, hash);
    now += 20 * dayMs;
    await (await app.get(`/media/${used.name}`)).bytes();
    expect(await outcome(save(app, soundOf(3, 500_000)))).toBe("storage_full");
    now += 20 * dayMs;
    expect(await outcome(save(app, soundOf(3, 500_000)))).toBe("kept");
    expect((await app.get(`/media/${old.name}`)).status).toBe(404);
    expect(existsSync(app.services.store.blobs.path(old.hash))).toBe(false);
    expect((await app.get(`/media/${used.name}`)).status).toBe(200);
    expect((await app.get("/search/cat", { headers: { accept: "application/json" } })).status).toBe(200);
    expect(app.services.store.media.totalBytes()).toBe(1_000_000);
  });

  test("keeps the file of bytes that somebody else has too", async () => {
    let now = Date.now();
    await using app = await openApp({ clock: () => now, flags: { max_media: String(megabyte), media_retention: "1" } });
    const row = await save(app, soundOf(1, 300_000));
    now += 2 * dayMs;
    await app.services.library.store.save(soundOf(1, 300_000), { ...origin, owner: "ann" });
    age(app, row.hash);
    expect(await outcome(save(app, soundOf(2, 600_000)))).toBe("kept");
    expect((await app.get(`/media/${row.name}`)).status).toBe(404);
    expect(existsSync(app.services.store.blobs.path(row.hash))).toBe(true);
  });
});

test("files that no row names are removed at the next start, once they are old", async () => {
  await using app = await openApp();
  const { blobs, thumbnailBlobs } = app.services.store;
  const kept = await save(app, pngOf(1));
  for (const each of [blobs, thumbnailBlobs]) {
    await each.save("old", pngOf(2));
    utimesSync(each.path("old"), 0, 0);
    await each.save("new", pngOf(3));
  }
  age(app, kept.hash);
  await using _ = openServices(app.services.config, { writeLog() {} });
  while (existsSync(blobs.path("old")) || existsSync(thumbnailBlobs.path("old"))) await Bun.sleep(5);
  const left = async (each: typeof blobs) => (await Array.fromAsync(each.list(1))).flat().toSorted();
  expect(await left(blobs)).toEqual([kept.hash, "new"].toSorted());
  expect(await left(thumbnailBlobs)).toEqual(["new"]);
});
