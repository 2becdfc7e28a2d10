/**
 * How each database came to be what it is: each entry ran once, in order, on every installation.
 * Append; never change an entry that has been released.
 */

/** `parley.db`: what is kept. */
export const migrations: readonly string[] = [
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
];

/** `runs.db`: runs and their events, which expire. */
export const journalMigrations: readonly string[] = [
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
];
