import { afterEach, beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBlobs } from "../../src/store/blobs.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "parley-blobs-"))));
afterEach(() => rmSync(folder, { recursive: true }));

async function* streamOf(...pieces: readonly Uint8Array[]) {
  yield* pieces;
}

const bytes = new Uint8Array(5_000_001).map((_, index) => index % 251);

test("a stream becomes a file with its digest, and gets its name whole", async () => {
  const blobs = openBlobs(folder);
  const received = await blobs.receive(streamOf(bytes, new Uint8Array(), bytes.subarray(0, 3)));
  const whole = Buffer.concat([bytes, bytes.subarray(0, 3)]);
  expect(received).toMatchObject({ bytes: whole.byteLength, hash: Bun.SHA256.hash(whole, "hex") });
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\..*\.tmp$/)]);
  await blobs.adopt(received.path, "a");
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(statSync(blobs.path("a")).mode & 0o777).toBe(0o600);
  expect(Buffer.from(await Bun.file(blobs.path("a")).bytes())).toEqual(whole);
});

test("a stream becomes the same file however it is cut", async () => {
  const blobs = openBlobs(folder);
  const lengths = fc.array(fc.oneof(fc.nat(100), fc.nat(100_000), fc.nat(1_000_000)), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(lengths, async (given) => {
      const pieces = given.map((length, index) => bytes.subarray(index, index + length));
      const { path, hash } = await blobs.receive(streamOf(...pieces));
      const whole = Buffer.concat(pieces);
      expect([hash, Buffer.from(await Bun.file(path).bytes()).equals(whole)]).toEqual([
        Bun.SHA256.hash(whole, "hex") as unknown as string,
        true,
      ]);
    }),
    { numRuns: 30 },
  );
  const small = Array.from(bytes.subarray(0, 1000), (byte) => new Uint8Array([byte]));
  expect(await blobs.receive(streamOf(...small))).toMatchObject({ bytes: 1000 });
});

test("on a full disk nothing stays", async () => {
  const blobs = openBlobs(folder);
  async function* toFull() {
    await using full = await open("/dev/full", "w");
    await full.write(bytes);
    yield bytes;
  }
  await expect(blobs.receive(toFull())).rejects.toMatchObject({ code: "ENOSPC" });
  expect(readdirSync(folder)).toEqual([]);
});

test("a stream that fails leaves nothing, and its failure is the caller's", async () => {
  const blobs = openBlobs(folder);
  async function* failing() {
    yield bytes;
    throw new Error("torn");
  }
  expect(blobs.receive(failing())).rejects.toThrow("torn");
  await blobs.receive(failing()).catch(() => {});
  expect(readdirSync(folder)).toEqual([]);
});

test("a file that is given the name of another takes its place, and one that is gone is removed already", async () => {
  const blobs = openBlobs(folder);
  await blobs.save("a", bytes);
  const { path } = await blobs.receive([Buffer.from("new")]);
  await blobs.adopt(path, "a");
  expect(await Bun.file(blobs.path("a")).text()).toBe("new");
  await blobs.remove("a");
  await blobs.remove("a");
  expect(blobs.adopt(path, "a")).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

test("many files get their names together; where one is gone, no temporary path stays", async () => {
  const blobs = openBlobs(folder);
  const write = async (name: string, isOnDisk: boolean) => {
    const { path, bytes: length } = await blobs.write(streamOf(Buffer.from(name)));
    expect(length).toBe(name.length);
    return { path, name, isOnDisk };
  };
  const many = await Promise.all(Array.from({ length: 30 }, (_, index) => write(`file-${index}`, index % 2 === 0)));
  await blobs.adoptAll(many);
  for (const { name } of many) expect(await Bun.file(blobs.path(name)).text()).toBe(name);
  await blobs.adoptAll([]);
  const others = [
    await write("a", false),
    { path: join(folder, ".gone.tmp"), name: "b", isOnDisk: true },
    await write("c", true),
  ];
  expect(blobs.adoptAll(others)).rejects.toThrow("ENOENT");
  await blobs.adoptAll(others).catch(() => {});
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("what a crash left half-written is gone with the next start, and what is being written is not", async () => {
  const old = join(folder, ".old.tmp");
  for (const name of [old, join(folder, ".new.tmp"), join(folder, "kept")]) await Bun.write(name, "x");
  utimesSync(old, 0, 0);
  openBlobs(folder);
  expect(readdirSync(folder).sort()).toEqual([".new.tmp", "kept"]);
});
