import type { Database } from "bun:sqlite";
import { hexDigestOf } from "../lib/digest.ts";
import { createId } from "../lib/ids.ts";
import { ApiError } from "../protocol/errors.ts";
import { type MediumLink, openShareMediaTable, type ShareMediaTable } from "./share-media.ts";
import { assertMayWrite, isKeyOf, isOwner, type ShareWriter, toVersion } from "./share-terms.ts";
import type { Writer } from "./writer.ts";

/** A chat published under an id. The id is everybody's: no two owners have the same. */
export interface ShareRow {
  readonly id: number;
  readonly share_id: string;
  readonly owner: string;
  /** Its version, in milliseconds since 1970 by the writer's clock, or else by ours. */
  readonly updated: number;
  /** Of the document's bytes: SHA-256, in hex. */
  readonly hash: string;
  /** What it is counted as. */
  readonly bytes: number;
  /** Its file's generated name: what is in it never changes. */
  readonly blob: string;
  /** SHA-256 of the key, in hex. */
  readonly write_key: string;
  readonly created_at: number;
  /** Null for never. */
  readonly expires_at: number | null;
  /** What its document says of itself: what it is called, which stored chat it shows, and whether it keeps up with that. */
  readonly title: string | null;
  readonly chat_id: string | null;
  readonly live: 0 | 1;
}

/** A document that would become what is shared. */
export interface ShareDraft extends Pick<ShareRow, "share_id" | "hash" | "blob" | "title" | "chat_id" | "live"> {
  readonly documentBytes: number;
  /** Undefined for one that is newer than whatever is there. */
  readonly updated: number | undefined;
  readonly links: readonly MediumLink[];
  /** Undefined leaves it as it is. */
  readonly expiresAt: number | null | undefined;
  /** Of a new one whose writer does not say. */
  readonly usualExpiresAt: number | null;
  /** Whether the version that is there, if any, is one that the writer would have replaced. */
  readonly isExpected: (updated: number | undefined) => boolean;
  /** What all shares of its owner may take. */
  readonly maxBytes: number;
}

export interface SavedShare extends Pick<ShareRow, "updated" | "expires_at"> {
  /** Of a new one. */
  readonly writeKey: string | undefined;
  /** The file that was shared before, which may go now. */
  readonly replaced: string | undefined;
}

/** Which shares of an owner's. */
export interface AskedShares {
  readonly limit: number;
  /** Those that were shared before the one with this number. */
  readonly below: number | undefined;
  /** Those that show this stored chat. */
  readonly chatId: string | undefined;
}

export interface ShareTable extends Pick<ShareMediaTable, "isPublished" | "findPublisher"> {
  find(shareId: string, now: number): Promise<ShareRow | undefined>;
  /**
   * Publishes a document, or replaces an older one.
   *
   * @throws {ApiError} `write_denied`, `access_denied`, `conflict`, `precondition_failed`, `storage_full`
   */
  save(draft: ShareDraft, writer: ShareWriter, now: number): Promise<SavedShare>;
  /** Gives its file, which may go now; undefined where there is no such share. @throws {ApiError} `write_denied` */
  remove(shareId: string, writer: ShareWriter, now: number): Promise<string | undefined>;
  /** Removes one that has expired, and gives its file. */
  removeExpired(now: number): Promise<string | undefined>;
  /** An owner's, those that were shared last first. */
  list(owner: string, now: number, asked: AskedShares): Promise<ShareRow[]>;
  /** Whether a key is that of a share. */
  isWriteKey(shareId: string, key: string, now: number): boolean;
  /** Those of the files that are no share's. */
  listUnknown(blobs: readonly string[]): Promise<string[]>;
}

/** What a share takes beside its document: a row, its links, and a file that is never smaller than this. */
const leastBytes = 4096;

const columns =
  "id, share_id, owner, updated, hash, bytes, blob, write_key, created_at, expires_at, title, chat_id, live";

export function openShareTable(database: Database, writer: Writer): ShareTable {
  const media = openShareMediaTable(database);
  const find = database.query<ShareRow, [string]>(`SELECT ${columns} FROM shares WHERE share_id = ?`);
  const insert = database.query(
    `INSERT INTO shares (share_id, owner, updated, hash, bytes, blob, write_key, created_at, expires_at, title, chat_id, live)
     VALUES ($share_id, $owner, $updated, $hash, $bytes, $blob, $write_key, $created_at, $expires_at, $title, $chat_id, $live)`,
  );
  const update = database.query(
    `UPDATE shares SET updated = $updated, hash = $hash, bytes = $bytes, blob = $blob, expires_at = $expires_at, title = $title, chat_id = $chat_id,
       live = $live
     WHERE id = $id`,
  );
  const remove = database.query("DELETE FROM shares WHERE id = ?");
  const expired = database.query<ShareRow, [number]>(
    `SELECT ${columns} FROM shares WHERE expires_at <= ? ORDER BY expires_at LIMIT 1`,
  );
  const list = database.query<ShareRow, [string, number, number, number]>(
    `SELECT ${columns} FROM shares WHERE owner = ? AND id < ? AND (expires_at IS NULL OR expires_at > ?)
     ORDER BY id DESC LIMIT ?`,
  );
  const listOfChat = database.query<ShareRow, [string, string, number, number, number]>(
    `SELECT ${columns} FROM shares WHERE owner = ? AND chat_id = ? AND id < ? AND (expires_at IS NULL OR expires_at > ?)
     ORDER BY id DESC LIMIT ?`,
  );
  const held = database.query<{ bytes: number }, [string]>("SELECT bytes FROM share_owners WHERE owner = ?");
  const unknown = database.query<{ blob: string }, [string]>(
    "SELECT value AS blob FROM json_each(?) WHERE value NOT IN (SELECT blob FROM shares)",
  );

  return {
    isPublished: media.isPublished,
    findPublisher: media.findPublisher,
    find: async (shareId, now) => findLiving(shareId, now),
    save: (draft, asks, now) =>
      writer.write(() => {
        const there = findLiving(draft.share_id, now);
        const owner = assertMayWrite(there, asks);
        const updated = toVersion(draft, there, now);
        return there ? replace(there, draft, updated, isOwner(there, asks)) : create(owner, draft, updated, now);
      }),
    remove: (shareId, asks, now) =>
      writer.write(() => {
        const row = findLiving(shareId, now);
        if (!row) return undefined;
        assertMayWrite(row, asks);
        remove.run(row.id);
        return row.blob;
      }),
    removeExpired: (now) =>
      writer.write(() => {
        const row = expired.get(now);
        if (row) remove.run(row.id);
        return row?.blob;
      }),
    list: async (owner, now, { limit, below = Number.MAX_SAFE_INTEGER, chatId }) =>
      chatId === undefined ? list.all(owner, below, now, limit) : listOfChat.all(owner, chatId, below, now, limit),
    isWriteKey(shareId, key, now) {
      const row = findLiving(shareId, now);
      return row !== undefined && isKeyOf(row, key);
    },
    listUnknown: async (blobs) => unknown.all(JSON.stringify(blobs)).map(({ blob }) => blob),
  };

  function findLiving(shareId: string, now: number): ShareRow | undefined {
    const row = find.get(shareId);
    return row && (row.expires_at === null || row.expires_at > now) ? row : undefined;
  }

  function create(owner: string, draft: ShareDraft, updated: number, now: number): SavedShare {
    const replaced = find.get(draft.share_id);
    if (replaced) remove.run(replaced.id);
    const bytes = draft.documentBytes + leastBytes;
    assertRoom(owner, bytes, draft);
    const writeKey = createId("write");
    const { share_id, hash, blob, title, chat_id, live, expiresAt: expires_at = draft.usualExpiresAt } = draft;
    const row = {
      share_id,
      owner,
      updated,
      hash,
      bytes,
      blob,
      write_key: hexDigestOf(writeKey),
      created_at: now,
      expires_at,
      title,
      chat_id,
      live,
    };
    insert.run(row);
    media.replace(share_id, draft.links, true);
    return { updated, expires_at, writeKey, replaced: replaced?.blob };
  }

  function replace(there: ShareRow, draft: ShareDraft, updated: number, isOwners: boolean): SavedShare {
    const bytes = draft.documentBytes + leastBytes;
    assertRoom(there.owner, bytes - there.bytes, draft);
    const { hash, blob, title, chat_id, live, expiresAt: expires_at = there.expires_at } = draft;
    update.run({ id: there.id, updated, hash, bytes, blob, expires_at, title, chat_id, live });
    media.replace(there.share_id, draft.links, isOwners);
    return { updated, expires_at, writeKey: undefined, replaced: there.blob };
  }

  function assertRoom(owner: string, more: number, { maxBytes }: ShareDraft): void {
    if (more > 0 && (held.get(owner)?.bytes ?? 0) + more > maxBytes)
      throw new ApiError(
        "storage_full",
        `all that one shares takes at most ${maxBytes} bytes: delete some, or raise max_shares`,
      );
  }
}
