import { timingSafeEqual } from "node:crypto";
import { hexDigestOf } from "../lib/digest.ts";
import { ApiError } from "../protocol/errors.ts";
import type { ShareDraft, ShareRow } from "./shares.ts";

/** Who would share a chat, overwrite it or delete it. */
export interface ShareWriter {
  /** Of their access key; who has none can only have a write key. */
  readonly owner: string | undefined;
  /** Whether nobody needs a key here: whoever is on this machine may write what anybody shares. */
  readonly isAnybody: boolean;
  readonly writeKey: string | undefined;
}

export function isOwner({ owner }: ShareRow, asks: ShareWriter): boolean {
  return asks.isAnybody || asks.owner === owner;
}

/** Gives whose the share is, or would be. @throws {ApiError} `write_denied`, `access_denied` */
export function assertMayWrite(there: ShareRow | undefined, asks: ShareWriter): string {
  const { owner, writeKey } = asks;
  if (there) {
    if (isOwner(there, asks) || (writeKey !== undefined && isKeyOf(there, writeKey))) return there.owner;
    throw new ApiError(
      "write_denied",
      "this chat is shared by somebody else: take another id, or send its write key as x-write-key",
    );
  }
  if (owner !== undefined) return owner;
  throw new ApiError(
    "access_denied",
    "a write key is that of one shared chat, and there is none under this id any more",
  );
}

/**
 * The version that a document gets. Nothing that was acknowledged is lost without a word: of two writers the later version
 * stays, whichever comes first, and whoever has an older one, or the same for another document, is told.
 *
 * @throws {ApiError} `conflict`, `precondition_failed`
 */
export function toVersion(draft: ShareDraft, there: ShareRow | undefined, now: number): number {
  if (!draft.isExpected(there?.updated))
    throw new ApiError("precondition_failed", "another version than the one that If-Match names is shared by now");
  if (draft.updated === undefined) return there ? Math.max(now, there.updated + 1) : now;
  const isNewer = !there || draft.updated > there.updated;
  // Sent once more, because its answer was lost.
  const isSame = draft.updated === there?.updated && draft.hash === there.hash;
  if (isNewer || isSame) return draft.updated;
  throw new ApiError(
    "conflict",
    draft.updated === there.updated
      ? "another document with this very updated is shared already: read it, and send yours with a later one"
      : "a later version is shared already: read it, and send yours with a later updated",
  );
}

export function isKeyOf({ write_key }: ShareRow, key: string): boolean {
  return timingSafeEqual(Buffer.from(hexDigestOf(key)), Buffer.from(write_key));
}
