/**
 * How the database came to be what it is: each entry ran once, in order, on every installation.
 * Append; never change an entry that has been released.
 */
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
];
