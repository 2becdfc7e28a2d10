import { expect, test } from "bun:test";
import fc from "fast-check";
import { inBlocks } from "../../src/lib/blocks.ts";

async function* streamOf(pieces: readonly Uint8Array[]) {
  yield* pieces;
}

test("blocks hold the same bytes, none larger than allowed, and few where pieces are small", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(pieces, async (given) => {
      const blocks: Uint8Array[] = [];
      for await (const block of inBlocks(streamOf(given), new Uint8Array(32))) blocks.push(block.slice());
      expect(Buffer.concat(blocks)).toEqual(Buffer.concat(given));
      expect(blocks.every(({ byteLength }) => byteLength > 0 && byteLength <= 32)).toBe(true);
    }),
  );
  const bytes = Array.from({ length: 3200 }, (_, index) => new Uint8Array([index % 256]));
  const lengths: number[] = [];
  for await (const { byteLength } of inBlocks(streamOf(bytes), new Uint8Array(32))) lengths.push(byteLength);
  expect(lengths).toEqual(Array.from({ length: 100 }, () => 32));
});
