import { ApiError } from "../protocol/errors.ts";

/** What whole answers may take together that their readers have not taken yet. */
export interface HeldBodies {
  /** A text as a body that is sent piece by piece. @throws {ApiError} `too_many_runs` where there is no room for it */
  hold(text: string): ReadableStream<Uint8Array> | string;
}

/** Smaller ones are sent at once: the system holds as much for a reader anyway. Arbitrary. */
const smallLength = 1024 * 1024;
/** Of one piece, in bytes; arbitrary. */
const pieceBytes = 256 * 1024;

const encoder = new TextEncoder();

/** A body that is given whole is held until its last byte is read, by a reader that may take its time. */
export function createHeldBodies(maxBytes: number): HeldBodies {
  let heldBytes = 0;

  return {
    hold(text) {
      if (text.length <= smallLength) return text;
      const bytes = encoder.encode(text);
      const { byteLength } = bytes;
      if (heldBytes + byteLength > maxBytes)
        throw new ApiError("too_many_runs", "too much is being read already; try again in a moment", {
          retryAfterMs: 1000,
        });
      heldBytes += byteLength;
      let sent = 0;
      return new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            controller.enqueue(bytes.subarray(sent, (sent += pieceBytes)));
            if (sent < byteLength) return;
            heldBytes -= byteLength;
            controller.close();
          },
          cancel: () => void (heldBytes -= byteLength),
        },
        { highWaterMark: 0 },
      );
    },
  };
}
