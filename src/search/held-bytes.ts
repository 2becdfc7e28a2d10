import { ApiError } from "../protocol/errors.ts";

/** Pages that are held whole until they are read, all together no larger than so many bytes: others are refused meanwhile. */
export interface HeldBytes {
  /** Dispose it once it has been read. @throws {ApiError} `fetch_failed` where there is no room; what the pieces throw */
  hold(pieces: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Held>;
}

export interface Held extends Disposable {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function createHeldBytes(maxBytes: number): HeldBytes {
  let all = 0;
  return {
    async hold(pieces) {
      const read: Uint8Array<ArrayBuffer>[] = [];
      let own = 0;
      const letGo = () => {
        all -= own;
        own = 0;
      };
      try {
        for await (const piece of pieces) {
          if (all + piece.byteLength > maxBytes)
            throw new ApiError("fetch_failed", "too many large pages are being read at the moment");
          all += piece.byteLength;
          own += piece.byteLength;
          read.push(piece);
        }
      } catch (thrown) {
        letGo();
        throw thrown;
      }
      return { bytes: Bun.concatArrayBuffers(read, Infinity, true), [Symbol.dispose]: letGo };
    },
  };
}
