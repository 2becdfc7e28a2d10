import { describe, expect, test } from "bun:test";
import { openZip } from "../../src/files/unpack.ts";
import { writeZip, type ZipPart } from "../support/zip.ts";

const limits = { maxEntries: 5, maxBytes: 4 * 1024 * 1024, maxRatio: 20 };
const read = (bytes: Uint8Array, name: string) => new TextDecoder().decode(openZip(bytes, limits).read(name));
const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * 1024 * 1024);
const one = (part: Partial<ZipPart>) => writeZip([{ name: "a", content: "hello hello hello", ...part }]);

describe("a zip in memory", () => {
  test.each([
    ["packed", one({})],
    ["stored", one({ isStored: true })],
    [
      "after a program that unpacks it",
      writeZip([{ name: "a", content: "hello hello hello" }], { before: Buffer.from("#!/bin/sh\n") }),
    ],
    ["in the large form", writeZip([{ name: "a", content: "hello hello hello" }], { isLarge: true })],
    ["with another size in its heads", one({ statedBytes: 3 })],
  ])("is read %s", (_, bytes) => {
    expect(read(bytes, "a")).toBe("hello hello hello");
  });

  test("gives the last of twins, no folders and no links, and nothing for what is not there", () => {
    const zip = openZip(
      writeZip([
        { name: "a", content: "first" },
        { name: "b/", content: "" },
        { name: "c", content: "/etc/passwd", mode: 0o120777 },
        { name: "a", content: "last" },
      ]),
    );
    expect(zip.names()).toEqual(["a"]);
    expect(new TextDecoder().decode(zip.read("a"))).toBe("last");
    expect(zip.read("c")).toBeUndefined();
    expect(zip.read("__proto__")).toBeUndefined();
  });

  test("reads names in UTF-8 that do not say so, and in the DOS code page", () => {
    expect(openZip(one({ name: "Köln.txt", flags: 0 })).names()).toEqual(["Köln.txt"]);
    expect(openZip(one({ name: Uint8Array.of(0x4b, 0x94, 0x6c, 0x6e), flags: 0 })).names()).toEqual(["Köln"]);
  });

  test("counts what is unpacked, whatever its heads say", () => {
    expect(() => read(one({ content: zeros(2), statedBytes: 10 }), "a")).toThrow("more than 20 times its size");
    const noise = crypto.getRandomValues(new Uint8Array(65_536));
    const large = Buffer.concat(Array.from({ length: 80 }, () => noise));
    expect(() => read(one({ content: large }), "a")).toThrow("more than 4 MiB");
    expect(() => read(one({ content: large, isStored: true }), "a")).toThrow("more than 4 MiB");
    const half = large.subarray(0, 3 * 1024 * 1024);
    const zip = openZip(
      writeZip([
        { name: "a", content: half },
        { name: "b", content: half },
      ]),
      limits,
    );
    expect(zip.read("a")).toHaveLength(half.length);
    expect(() => zip.read("b")).toThrow("more than 4 MiB");
    expect(() =>
      openZip(writeZip(Array.from({ length: 6 }, (_, i) => ({ name: `${i}`, content: "" }))), limits),
    ).toThrow("more than 5 members");
  });

  test.each([
    ["encrypted", one({ flags: 0x801 }), "it is encrypted"],
    ["packed in another way", one({ method: 12 }), "not understood"],
    ["of another checksum", one({ crc: 1 }), "damaged"],
    ["longer than the file", one({ statedPackedBytes: 1e6 }), "damaged"],
    ["cut", one({ content: "hello".repeat(1000) }).subarray(0, 60), "damaged"],
    ["not one", new Uint8Array(100), "damaged"],
    ["empty", new Uint8Array(), "damaged"],
  ])("that is %s has a reason", (_, bytes, reason) => {
    expect(() => read(bytes, "a")).toThrow(reason);
  });

  test("is damaged wherever a byte is wrong, or is read", () => {
    const bytes = Buffer.from(writeZip([{ name: "a", content: "hello hello hello" }], { isLarge: true }));
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 128]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = bytes[at]! ^ bit;
        try {
          openZip(flipped, limits).read("a");
        } catch (error) {
          expect((error as Error).name).toBe("Unconvertible");
        }
      }
    }
  });
});
