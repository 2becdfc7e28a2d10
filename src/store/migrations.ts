import type { Database } from "bun:sqlite";
import { toIndexed } from "./full-text.ts";
import { chatTables } from "./migrations/chats.ts";
import { usageMigration } from "./migrations/usage.ts";
import { addShares } from "./migrations/shares.ts";
import { addShareAbout } from "./migrations/share-about.ts";
import { indexSharesByChat } from "./migrations/shares-by-chat.ts";
import { memories } from "./migrations/memories.ts";
import { cookiesLogClaims } from "./migrations/cookies-log-claims.ts";
import { library } from "./migrations/library.ts";
import { sessionsMigration } from "./migrations/sessions.ts";
import { sessionClaims } from "./migrations/session-claims.ts";
import { callStates } from "./migrations/call-states.ts";
import { providerKeysMigration } from "./migrations/provider-keys.ts";
import { responsesMigration } from "./migrations/responses.ts";
import { keyLimits } from "./migrations/key-limits.ts";
import { countBytes } from "./migrations/count-bytes.ts";

/**
 * How each database came to be what it is: each entry ran once, in order, on every installation.
 * Append; never change an entry that has been released.
 */
export type Migration = string | ((database: Database) => void);

/** `parley.db`: what is kept. */
export const migrations: readonly Migration[] = [
  `CREATE TABLE usage (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    day TEXT NOT NULL,
    provider TEXT,
    model TEXT,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    details TEXT NOT NULL,
    outcome TEXT NOT NULL,
    error TEXT,
    duration_ms INTEGER NOT NULL,
    first_token_ms INTEGER
  ) STRICT;
  CREATE INDEX usage_by_day ON usage (day, owner);`,
  `ALTER TABLE usage ADD COLUMN cost REAL;`,
  `CREATE TABLE media (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    hash TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    model TEXT NOT NULL,
    prompt TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX media_by_bytes ON media (owner, hash);`,
  `ALTER TABLE media RENAME TO media_before;
  CREATE TABLE media_owners (number INTEGER PRIMARY KEY, owner TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE media (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    hash TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    model TEXT NOT NULL,
    prompt TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO media_owners (owner) SELECT DISTINCT owner FROM media_before;
  INSERT INTO media
    SELECT number * 4294967296 + row_number() OVER (PARTITION BY before.owner ORDER BY created_at),
      name, before.owner, hash, type, bytes, width, height, model, prompt, created_at, created_at
    FROM media_before AS before JOIN media_owners AS owners ON owners.owner = before.owner;
  DROP TABLE media_before;
  CREATE UNIQUE INDEX media_by_bytes ON media (hash, owner);
  CREATE INDEX media_by_use ON media (used_at, bytes);
  CREATE VIRTUAL TABLE media_words USING fts5 (
    prompt, model, name, type,
    content = '', contentless_delete = 1, tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
  );
  CREATE TABLE thumbnails (
    hash TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX thumbnails_by_use ON thumbnails (used_at, bytes);`,
  (database) => {
    const insert = database.query("INSERT INTO media_words (rowid, prompt, model, name, type) VALUES (?, ?, ?, ?, ?)");
    const rows = database.query<{ id: number; prompt: string; model: string; name: string; type: string }, []>(
      "SELECT id, prompt, model, name, type FROM media",
    );
    for (const { id, prompt, model, name, type } of rows.all())
      insert.run(id, ...[prompt, model, name, type].map(toIndexed));
  },
  `CREATE TABLE buckets (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    bucket_id TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    UNIQUE (owner, bucket_id)
  ) STRICT;
  CREATE TABLE bucket_files (
    id INTEGER PRIMARY KEY,
    bucket INTEGER NOT NULL REFERENCES buckets ON DELETE CASCADE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    blob TEXT NOT NULL UNIQUE,
    width INTEGER,
    height INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (bucket, name)
  ) STRICT;`,
  `CREATE TABLE totals (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  ${["media", "thumbnails", "bucket_files"].map(countBytes).join("\n")}`,
  // They come by thousands, and within a transaction each row's trigger took longer than the row: who adds them counts them.
  `DROP TRIGGER bucket_files_added;`,
  chatTables,
  usageMigration,
  addShares,
  memories,
  cookiesLogClaims,
  addShareAbout,
  library,
  sessionsMigration,
  providerKeysMigration,
  indexSharesByChat,
  responsesMigration,
  sessionClaims,
  keyLimits,
];

/** `runs.db`: runs and their events, which expire. */
export const journalMigrations: readonly Migration[] = [
  `CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    server INTEGER NOT NULL,
    owner TEXT NOT NULL,
    chat_id TEXT,
    continues TEXT,
    resumable INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    provider TEXT,
    model TEXT,
    usage TEXT,
    sequence INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX runs_by_owner ON runs (owner, created_at);
  CREATE INDEX runs_by_end ON runs (ended_at);
  CREATE TABLE run_pages (
    run_id TEXT NOT NULL,
    last INTEGER NOT NULL,
    first INTEGER NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (run_id, last)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE run_tails (
    id INTEGER PRIMARY KEY,
    server INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    events TEXT NOT NULL
  ) STRICT;`,
  `CREATE TABLE traces (
    run_id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    trace TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX traces_by_end ON traces (ended_at);`,
  callStates,
];
