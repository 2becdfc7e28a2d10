import type { Database } from "bun:sqlite";

/** A medium that a shared chat names: one that a model made, or one of a bucket. */
export interface MediumLink {
  /** Empty for what a model made. */
  readonly bucketId: string;
  readonly name: string;
}

/** What shared chats name, whether or not there is such a medium: one that comes later is published too. */
export interface ShareMediaTable {
  /**
   * Within a transaction: what a share names from now on. Only its owner adds to it: else whoever holds the write key of
   * one chat could look at all that the owner has.
   */
  replace(shareId: string, links: readonly MediumLink[], isOwner: boolean): void;
  /** Whether a chat of the medium's owner names it. */
  isPublished(name: string, now: number): boolean;
  /** Whose bucket it is in. Where several owners publish the same address, it is the first's for as long as the share is there. */
  findPublisher(link: MediumLink, now: number): string | undefined;
}

export function openShareMediaTable(database: Database): ShareMediaTable {
  const remove = database.query(
    `DELETE FROM share_media WHERE share = (SELECT id FROM shares WHERE share_id = ?1)
     AND (bucket_id, name) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))`,
  );
  const insert = database.query(
    `INSERT OR IGNORE INTO share_media (bucket_id, name, share, owner)
     SELECT value ->> 0, value ->> 1, shares.id, owner FROM json_each(?2) JOIN shares ON share_id = ?1`,
  );
  const alive = "(expires_at IS NULL OR expires_at > $now)";
  const published = database.query(
    `SELECT 1 FROM share_media JOIN shares ON shares.id = share
     JOIN media ON media.name = share_media.name AND media.owner = share_media.owner
     WHERE bucket_id = '' AND share_media.name = $name AND ${alive} LIMIT 1`,
  );
  const publisher = database.query<{ owner: string }, [Record<string, string | number>]>(
    `SELECT share_media.owner FROM share_media JOIN shares ON shares.id = share
     JOIN buckets ON buckets.owner = share_media.owner AND buckets.bucket_id = share_media.bucket_id
     JOIN bucket_files ON bucket = buckets.id AND bucket_files.name = share_media.name AND kind = 'media'
     WHERE share_media.bucket_id = $bucketId AND share_media.name = $name AND ${alive} ORDER BY share LIMIT 1`,
  );
  return {
    replace(shareId, links, isOwner) {
      const pairs = JSON.stringify(links.map(({ bucketId, name }) => [bucketId, name]));
      remove.run(shareId, pairs);
      if (isOwner) insert.run(shareId, pairs);
    },
    isPublished: (name, now) => published.get({ name, now }) !== null,
    findPublisher: ({ bucketId, name }, now) => publisher.get({ bucketId, name, now })?.owner,
  };
}
