import { ApiError } from "../protocol/errors.ts";

/** Most that one medium may hold, in bytes. Arbitrary; a film of a minute is a tenth of it. */
const maxMediumBytes = 512 * 1024 * 1024;

/** All of an answer. @throws {ApiError} `upstream_failed` for one of more than `maxBytes` */
export async function readWhole(
  pieces: AsyncIterable<Uint8Array>,
  provider: string,
  maxBytes = maxMediumBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.byteLength;
    if (length > maxBytes) throw new ApiError("upstream_failed", `${provider} sent too much`);
    all.push(piece);
  }
  return Bun.concatArrayBuffers(all, Infinity, true);
}

/**
 * The same pieces once the first is there, so that a refusal is thrown to who asks rather than to who reads;
 * `undefined` where there is none. Returning it ends the reading, also before the first is taken: a generator around the
 * pieces would not, for it ends without its `finally` where it has not begun.
 */
export async function startReading(
  pieces: AsyncGenerator<Uint8Array>,
): Promise<AsyncIterableIterator<Uint8Array> | undefined> {
  const first = await pieces.next();
  if (first.done) return undefined;
  let isTaken = false;
  const whole: AsyncIterableIterator<Uint8Array> = {
    async next() {
      if (isTaken) return pieces.next();
      isTaken = true;
      return first;
    },
    async return() {
      isTaken = true;
      return pieces.return(undefined);
    },
    [Symbol.asyncIterator]: () => whole,
  };
  return whole;
}
