import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPictureSize } from "../../src/lib/picture.ts";
import { pngOf, toTurnedJpeg } from "../support/pictures.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-picture-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A JPEG with so many segments of 64 KiB before its size. */
async function jpegBehind(segments: number): Promise<string> {
  const jpeg = await toTurnedJpeg(pngOf(1));
  const segment = Buffer.concat([Buffer.from("ffefffff", "hex"), Buffer.alloc(0xffff - 2)]);
  const path = join(folder, `${segments}.jpg`);
  await Bun.write(path, Buffer.concat([jpeg.subarray(0, 2), ...Array(segments).fill(segment), jpeg.subarray(2)]));
  return path;
}

describe("a picture's size", () => {
  test("is found behind what editors write before it", async () => {
    expect(await readPictureSize(await jpegBehind(60), "image/jpeg")).toEqual({ width: 8, height: 8 });
  });

  test("is looked for in the first megabytes alone, so that no picture is in memory for it", async () => {
    await expect(readPictureSize(await jpegBehind(130), "image/jpeg")).rejects.toThrow();
  });
});
