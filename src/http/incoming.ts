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
  /** @throws {ApiError} `overloaded` */
  hold(bytes: number): void;
  free(bytes: number): void;
  /** Gives what is to be called, once, when it has come. @throws {ApiError} `overloaded`, `too_many_connections` */
  enterUpload(): () => void;
}

export interface IncomingLimits {
  readonly maxHeldBytes: number;
  readonly maxUploads: number;
  readonly maxUploadsPerKey: number;
}

/** Of the requests that bring something: whoever reads a body counts it there. */
const places = new WeakMap<Request, Place>();

export function createIncoming({ maxHeldBytes, maxUploads, maxUploadsPerKey }: IncomingLimits): Incoming {
  const uploadsOf = new Map<string, number>();
  let heldBytes = 0;
  let uploads = 0;

  return {
    admit(request, keyId) {
      if (request.body === null) return;
      places.set(request, {
        hold(bytes) {
          if (heldBytes + bytes > maxHeldBytes) throw full("too many large requests are coming in");
          heldBytes += bytes;
        },
        free: (bytes) => void (heldBytes -= bytes),
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

  function enterUpload(keyId: string | null): () => void {
    const ofKey = keyId === null ? 0 : (uploadsOf.get(keyId) ?? 0);
    if (uploads >= maxUploads) throw full(`${maxUploads} uploads are coming in already`);
    if (ofKey >= maxUploadsPerKey)
      throw new ApiError(
        "too_many_connections",
        `${maxUploadsPerKey} uploads of this key are coming in already; try again when one has ended`,
        { retryAfterMs: 5000 },
      );
    uploads++;
    if (keyId !== null) uploadsOf.set(keyId, ofKey + 1);
    return () => {
      uploads--;
      if (keyId === null) return;
      const left = (uploadsOf.get(keyId) ?? 1) - 1;
      if (left > 0) uploadsOf.set(keyId, left);
      else uploadsOf.delete(keyId);
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
