/**
 * A user's memories have ids that stand together, so that a search meets no others: `memory_users.id` times 2^26, and
 * counted from there. Those beyond `shown` are still being added. What a memory says is JSON, since SQLite replaces a lone surrogate. Vectors stand apart from their
 * signs, which are read all at once. The index is not merged by whoever happens to write, which takes a hundred
 * milliseconds now and then, but in steps afterwards.
 */
export const memories = `CREATE TABLE memory_owners (
    owner TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE memory_users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    user_id TEXT,
    shown INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (owner, user_id)
  ) STRICT;
  CREATE INDEX memory_users_removed ON memory_users (id) WHERE user_id IS NULL;
  CREATE TABLE memories (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL,
    memory_id TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,
    text TEXT NOT NULL,
    metadata TEXT NOT NULL,
    conversation_id TEXT,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    model INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user, digest)
  ) STRICT;
  CREATE INDEX memories_by_user ON memories (user);
  CREATE INDEX memories_by_model ON memories (model);
  CREATE VIRTUAL TABLE memory_words USING fts5 (
    text,
    content = '', contentless_delete = 1, tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
  );
  INSERT INTO memory_words (memory_words, rank) VALUES ('automerge', 0);
  CREATE TABLE memory_models (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE memory_vectors (id INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;
  CREATE TABLE memory_signs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL UNIQUE,
    user INTEGER NOT NULL,
    model INTEGER NOT NULL,
    signs BLOB NOT NULL
  ) STRICT;
  CREATE INDEX memory_signs_by_user ON memory_signs (user, model);`;
