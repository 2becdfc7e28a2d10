import { type FileHandle, open } from "node:fs/promises";
import { toByteStream } from "../lib/byte-stream.ts";
import { type Clock, toTime } from "../lib/clock.ts";
import { codeOf } from "../lib/error-code.ts";
import type { Log } from "../lib/log.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import type { ShareDocument, ShareSaved } from "../protocol/shares.ts";
import type { Blobs } from "../store/blobs.ts";
import { removeOrphans } from "../store/orphans.ts";
import type { ShareWriter } from "../store/share-terms.ts";
import type { MediumLink } from "../store/share-media.ts";
import type { AskedShares, ShareDraft, ShareRow, ShareTable } from "../store/shares.ts";
import { readAbout } from "./about.ts";
import { findLinks } from "./links.ts";

/** Chats that are published under an id, as the documents that they came as. */
export interface Shares extends AsyncDisposable {
  /** On disk when it resolves. @throws {ApiError} as `ShareTable.save` does */
  save(shareId: string, shared: Shared, writer: ShareWriter): Promise<ShareSaved>;
  /** @throws {ApiError} `not_found` */
  get(shareId: string): Promise<ShareRow>;
  /** @throws {ApiError} `not_found` */
  read(shareId: string): Promise<ReadShare>;
  /** An owner's, those that were shared last first. */
  list(owner: string, asked: AskedShares): Promise<ShareRow[]>;
  /** @throws {ApiError} `not_found`, `write_denied` */
  remove(shareId: string, writer: ShareWriter): Promise<void>;
  /** Whether a key is that of a share. */
  isWriteKey(shareId: string, key: string): boolean;
  /** Whether a share of its owner's names a medium that a model made. */
  isPublished(name: string): boolean;
  /** In whose bucket a medium is that a share of theirs names. */
  findPublisher(link: MediumLink): string | undefined;
  /** Removes one that has expired, and gives how many that were. */
  sweep(now: number): Promise<number>;
}

/** What is to be shared. */
export interface Shared extends Pick<ShareDraft, "isExpected"> {
  readonly bytes: Uint8Array;
  /** What the bytes say. */
  readonly document: ShareDocument;
  /** 0 for never, and undefined to leave it as it is. */
  readonly expiresInMs: number | undefined;
}

/** A shared document, as it came. */
export interface ReadShare {
  readonly updated: number;
  readonly bytes: number;
  /** A stream where it is long: anybody may ask for it, and many who take nothing must not fill the memory. */
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/** What is read at once, in bytes. */
const pieceBytes = 64 * 1024;

export interface SharesParts {
  readonly table: ShareTable;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Log;
  /** What all shares of one owner may take. */
  readonly maxBytes: number;
  /** How long a share stays whose writer does not say, in milliseconds; Infinity for ever. */
  readonly keepMs: number;
}

export function openShares({ table, blobs, clock, log, maxBytes, keepMs }: SharesParts): Shares {
  const closing = new AbortController();
  const swept = removeOrphans(blobs, table, closing.signal).catch((error: unknown) =>
    log.warn("files that no shared chat has could not be removed", { error }),
  );

  return {
    async save(shareId, { bytes, document, expiresInMs, isExpected }, writer) {
      assertId("share_id", shareId);
      const links = findLinks(document, bytes);
      const { path, hash } = await blobs.receive([bytes]);
      const blob = Bun.randomUUIDv7();
      await blobs.adopt(path, blob);
      const now = clock();
      const draft: ShareDraft = {
        share_id: shareId,
        blob,
        hash,
        ...readAbout(document),
        documentBytes: bytes.byteLength,
        // Both zeros are the same version.
        updated: document.updated === undefined ? undefined : Math.abs(document.updated),
        links,
        isExpected,
        expiresAt: expiresInMs === undefined ? undefined : toMoment(now, expiresInMs === 0 ? Infinity : expiresInMs),
        usualExpiresAt: toMoment(now, keepMs),
        maxBytes,
      };
      const saved = await table.save(draft, writer, now).catch(async (thrown: unknown) => {
        await removeBlob(blob);
        throw thrown;
      });
      await removeBlob(saved.replaced);
      return {
        share_id: shareId,
        updated: saved.updated,
        ...(saved.writeKey !== undefined && { write_key: saved.writeKey }),
        ...(saved.expires_at !== null && { expires_at: toTime(saved.expires_at) }),
      };
    },
    get,
    async read(shareId) {
      let row = await get(shareId);
      for (;;) {
        const document = await readBlob(row.blob);
        if (document) return { updated: row.updated, ...document };
        // A writer has replaced it since we looked.
        const now = await get(shareId);
        if (now.blob === row.blob) throw new ApiError("not_found", "its file is gone");
        row = now;
      }
    },
    list: (owner, asked) => table.list(owner, clock(), asked),
    async remove(shareId, writer) {
      assertId("share_id", shareId);
      const removed = await table.remove(shareId, writer, clock());
      if (removed === undefined) throw noShare();
      await removeBlob(removed);
    },
    isWriteKey: (shareId, key) => table.isWriteKey(shareId, key, clock()),
    isPublished: (name) => table.isPublished(name, clock()),
    findPublisher: (link) => table.findPublisher(link, clock()),
    async sweep(now) {
      const expired = await table.removeExpired(now);
      await removeBlob(expired);
      return expired === undefined ? 0 : 1;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await swept;
    },
  };

  async function get(shareId: string): Promise<ShareRow> {
    assertId("share_id", shareId);
    const row = await table.find(shareId, clock());
    if (!row) throw noShare();
    return row;
  }

  /** Undefined where there is no such file. Once it is open it is read whole, though it may be replaced meanwhile. */
  async function readBlob(blob: string): Promise<Omit<ReadShare, "updated"> | undefined> {
    try {
      const file = await open(blobs.path(blob));
      const { size: bytes } = await file.stat();
      const pieces = readPieces(file);
      return { bytes, body: bytes > pieceBytes ? toByteStream(pieces) : Buffer.concat(await Array.fromAsync(pieces)) };
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return undefined;
      throw thrown;
    }
  }

  /** What stays after all is an orphan, which the next start removes. */
  async function removeBlob(blob: string | undefined): Promise<void> {
    if (blob === undefined) return;
    await blobs
      .remove(blob)
      .catch((error: unknown) => log.error("a shared chat's file could not be removed", { error }));
  }
}

/** Closes the file, whatever becomes of who reads it. */
async function* readPieces(opened: FileHandle): AsyncGenerator<Uint8Array> {
  await using file = opened;
  for (;;) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(pieceBytes), 0, pieceBytes);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

function toMoment(now: number, afterMs: number): number | null {
  return afterMs === Infinity ? null : Math.ceil(now + afterMs);
}

function noShare(): ApiError {
  return new ApiError("not_found", "no chat is shared under this id, or not any more");
}
