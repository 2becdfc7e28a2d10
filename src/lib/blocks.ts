/**
 * The same bytes in pieces that are worth a call of the system each: small ones are gathered in `block`, those larger than it
 * are cut. The block is used again and again, so whoever asks for the next piece must be done with the last.
 */
export async function* inBlocks(pieces: AsyncIterable<Uint8Array>, block: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = block.byteLength;
  let length = 0;
  for await (const piece of pieces) {
    const isSmall = piece.byteLength < size / 4;
    if (length > 0 && (!isSmall || length + piece.byteLength > size)) {
      yield block.subarray(0, length);
      length = 0;
    }
    if (isSmall) {
      block.set(piece, length);
      length += piece.byteLength;
    } else for (let start = 0; start < piece.byteLength; start += size) yield piece.subarray(start, start + size);
  }
  if (length > 0) yield block.subarray(0, length);
}
