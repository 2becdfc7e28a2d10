import type { MediumLink } from "../store/share-media.ts";
import { header } from "./headers.ts";

/** What those may ask who have no access key, beside what is always open: what somebody has published for them. */
export interface Strangers {
  /** Whether a request may reach its route; `path` is decoded, and compared as a whole. */
  mayAsk(request: Request, path: string): boolean;
}

const sharePath = /^\/backend-api\/v2\/chat\/([^/]+)$/;
/** People paste addresses, and the router forgives a slash at the end. */
const pagePath = /^\/share\/[^/]+\/?$/;
const mediumPath = /^\/(?:media|images|thumbnail)\/([^/]+)$/;
const bucketPath = /^\/files\/([^/]+)\/(?:media|thumbnail)\/([^/]+)$/;

const readMethods = new Set(["GET", "HEAD"]);
const writeMethods = new Set(["POST", "DELETE"]);

/** What is published now. */
export interface Published {
  /** Whether a key is that of a shared chat. */
  isWriteKey(shareId: string, key: string): boolean;
  /** Whether a shared chat of its owner's names a medium that a model made. */
  isPublished(name: string): boolean;
  /** In whose bucket a medium is that a shared chat of theirs names. */
  findPublisher(link: MediumLink): string | undefined;
}

export function createStrangers(shares: Published): Strangers {
  return {
    mayAsk(request, path) {
      if (readMethods.has(request.method)) return mayRead(path);
      // The key opens the one share that it is of: nothing else, and nothing new.
      const writeKey = header(request, "x-write-key");
      const [, shareId] = sharePath.exec(path) ?? [];
      return (
        writeMethods.has(request.method) &&
        writeKey !== undefined &&
        shareId !== undefined &&
        shares.isWriteKey(shareId, writeKey)
      );
    },
  };

  function mayRead(path: string): boolean {
    if (sharePath.test(path) || pagePath.test(path)) return true;
    const [, medium] = mediumPath.exec(path) ?? [];
    if (medium !== undefined) return shares.isPublished(medium);
    const [, bucketId, name] = bucketPath.exec(path) ?? [];
    return bucketId !== undefined && name !== undefined && shares.findPublisher({ bucketId, name }) !== undefined;
  }
}
