import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { damaged } from "./unconvertible.ts";
import type { Bytes } from "./zip-directory.ts";

/** A file of which only what is asked for is in memory. */
export function openFileBytes(path: string): Bytes & Disposable {
  const file = openSync(path, "r");
  const length = fstatSync(file).size;
  return {
    length,
    subarray(start, end) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(end, length) - start));
      if (readSync(file, bytes, 0, bytes.length, start) !== bytes.length) throw damaged();
      return bytes;
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

/** The whole, a piece at a time. */
export async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: 256 * 1024 });
}
