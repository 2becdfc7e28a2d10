/** Browsers that were signed in with an access key. */
export const sessionsMigration = `CREATE TABLE sessions (
    digest BLOB PRIMARY KEY,
    key_id TEXT NOT NULL,
    proof BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_key ON sessions (key_id, used_at);
  CREATE INDEX sessions_by_use ON sessions (used_at);`;
