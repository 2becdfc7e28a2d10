/**
 * Shared chats, what each owner's take, and the media that they name. `media.shares` counts how many name a medium, so that
 * none of those is met where media that have expired are looked for.
 */
export const addShares = `CREATE TABLE shares (
  id INTEGER PRIMARY KEY,
  share_id TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  updated INTEGER NOT NULL,
  hash TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  blob TEXT NOT NULL UNIQUE,
  write_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;
CREATE INDEX shares_by_expiry ON shares (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE share_owners (owner TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER shares_added AFTER INSERT ON shares BEGIN
  INSERT INTO share_owners VALUES (new.owner, new.bytes) ON CONFLICT (owner) DO UPDATE SET bytes = bytes + new.bytes;
END;
CREATE TRIGGER shares_changed AFTER UPDATE OF bytes ON shares BEGIN
  UPDATE share_owners SET bytes = bytes + new.bytes - old.bytes WHERE owner = new.owner;
END;
CREATE TRIGGER shares_removed AFTER DELETE ON shares BEGIN
  UPDATE share_owners SET bytes = bytes - old.bytes WHERE owner = old.owner;
END;
CREATE TABLE share_media (
  bucket_id TEXT NOT NULL,
  name TEXT NOT NULL,
  share INTEGER NOT NULL REFERENCES shares ON DELETE CASCADE,
  owner TEXT NOT NULL,
  PRIMARY KEY (bucket_id, name, share)
) STRICT, WITHOUT ROWID;
CREATE INDEX share_media_by_share ON share_media (share);
ALTER TABLE media ADD COLUMN shares INTEGER NOT NULL DEFAULT 0;
DROP INDEX media_by_use;
CREATE INDEX media_by_use ON media (used_at, bytes) WHERE shares = 0;
CREATE TRIGGER share_media_added AFTER INSERT ON share_media WHEN new.bucket_id = '' BEGIN
  UPDATE media SET shares = shares + 1 WHERE name = new.name AND owner = new.owner;
END;
CREATE TRIGGER share_media_removed AFTER DELETE ON share_media WHEN old.bucket_id = '' BEGIN
  UPDATE media SET shares = shares - 1 WHERE name = old.name AND owner = old.owner;
END;
CREATE TRIGGER media_shared AFTER INSERT ON media
WHEN EXISTS (SELECT 1 FROM share_media WHERE bucket_id = '' AND name = new.name AND owner = new.owner) BEGIN
  UPDATE media SET shares = (
    SELECT count(*) FROM share_media WHERE bucket_id = '' AND name = new.name AND owner = new.owner
  ) WHERE id = new.id;
END;`;
