import { createAtOnce } from "../lib/at-once.ts";
import { ApiError } from "../protocol/errors.ts";

/** What bodies take while they come: each has its own limit, and all have one together. */
export interface Incoming {
  /** At the head of a request that may have a body. */
  admit(request: Request, keyId: string | null): void;
  /** How many bytes are held of bodies that are not read to their end, and how many uploads are coming. */
  readonly heldBytes: number;
  readonly uploads: number;
}

/** Where one body is counted. */
export interface Place {
  /** So many bytes more. @throws {ApiError} `overloaded`, `too_many_connections` */
  hold(bytes: number): void;
  /** All that it holds. */
  free(): void;
  /** Gives what is to be called, once, when it has come. @throws {ApiError} `overloaded`, `too_many_connections` */
  enterUpload(): () => void;
}

export interface IncomingLimits {
  readonly maxHeldBytes: number;
  readonly maxUploads: number;
  readonly maxUploadsPerKey: number;
}

/** Up to so many bytes a body is small, and has a quarter more room: what is large, and slow, keeps no small question out. Arbitrary. */
const smallBytes = 64 * 1024;

/** Of what all may hold: whoever stops half-way in many bodies keeps no other key out. Arbitrary. */
const shareOfKey = 0.5;

/** Of the requests that bring something: whoever reads a body counts it there. */
const places = new WeakMap<Request, Place>();

export function createIncoming({ maxHeldBytes, maxUploads, maxUploadsPerKey }: IncomingLimits): Incoming {
  const heldOf = new Map<string, number>();
  const uploadsOfKeys = createAtOnce();
  let heldBytes = 0;
  let uploads = 0;

  return {
    admit(request, keyId) {
      if (request.body === null) return;
      let own = 0;
      places.set(request, {
        hold(bytes) {
          assertRoom(bytes, keyId, own + bytes <= smallBytes ? maxHeldBytes * 1.25 : maxHeldBytes);
          own += bytes;
          count(keyId, bytes);
        },
        free() {
          count(keyId, -own);
          own = 0;
        },
        enterUpload: () => enterUpload(keyId),
      });
    },
    get heldBytes() {
      return heldBytes;
    },
    get uploads() {
      return uploads;
    },
  };

  function assertRoom(bytes: number, keyId: string | null, most: number): void {
    if (heldBytes + bytes > most) throw full("too many large requests are coming in");
    if (keyId !== null && (heldOf.get(keyId) ?? 0) + bytes > most * shareOfKey)
      throw new ApiError(
        "too_many_connections",
        "too many large requests of this key are coming in: try again when one has ended",
        { retryAfterMs: 5000 },
      );
  }

  function count(keyId: string | null, bytes: number): void {
    heldBytes += bytes;
    if (keyId === null) return;
    const held = (heldOf.get(keyId) ?? 0) + bytes;
    if (held > 0) heldOf.set(keyId, held);
    else heldOf.delete(keyId);
  }

  function enterUpload(keyId: string | null): () => void {
    if (uploads >= maxUploads) throw full(`${maxUploads} uploads are coming in already`);
    if (keyId !== null && uploadsOfKeys.of(keyId) >= maxUploadsPerKey)
      throw new ApiError(
        "too_many_connections",
        `${maxUploadsPerKey} uploads of this key are coming in already; try again when one has ended`,
        { retryAfterMs: 5000 },
      );
    uploads++;
    const leave = uploadsOfKeys.enter(keyId);
    return () => {
      uploads--;
      leave();
    };
  }
}

/** `undefined` for a request that came by no door of ours. */
export function placeOf(request: Request): Place | undefined {
  return places.get(request);
}

function full(why: string): ApiError {
  return new ApiError("overloaded", `${why}: try again in a moment`, { retryAfterMs: 5000 });
}
