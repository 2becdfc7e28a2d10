/** Access keys and what they may use in a day; rows of usage that say whose key and user, and what they come to. */
export const usageMigration = `CREATE TABLE access_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    role TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    tokens_per_day INTEGER,
    cost_per_day REAL
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX access_keys_by_name ON access_keys (name) WHERE revoked_at IS NULL;
  CREATE TABLE budgets (
    key_id TEXT NOT NULL,
    day TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    nanodollars INTEGER NOT NULL,
    reserved_tokens INTEGER NOT NULL,
    reserved_nanodollars INTEGER NOT NULL,
    PRIMARY KEY (key_id, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE reservations (
    run_id TEXT PRIMARY KEY,
    server INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    day TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    nanodollars INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE usage RENAME TO usage_before;
  DROP INDEX usage_by_day;
  CREATE TABLE usage (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    source TEXT NOT NULL,
    owner TEXT NOT NULL,
    key_id TEXT,
    user TEXT,
    created_at INTEGER NOT NULL,
    day TEXT NOT NULL,
    provider TEXT,
    model TEXT,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    saved_tokens INTEGER NOT NULL,
    cost REAL,
    details TEXT NOT NULL,
    outcome TEXT NOT NULL,
    error TEXT,
    duration_ms INTEGER NOT NULL,
    first_token_ms INTEGER
  ) STRICT;
  INSERT INTO usage
    SELECT id, run_id, 'run', owner, NULL, NULL, created_at, day, provider, model, prompt_tokens, completion_tokens,
      total_tokens,
      CASE WHEN json_valid(details) THEN
        cast(coalesce(json_extract(details, '$.prompt_tokens_details.cached_tokens'), 0) AS INTEGER) ELSE 0 END,
      cost, details, outcome, error, duration_ms, first_token_ms
    FROM usage_before;
  DROP TABLE usage_before;
  CREATE UNIQUE INDEX usage_by_run ON usage (run_id, owner);
  CREATE INDEX usage_by_day ON usage (day, owner);
  CREATE TABLE usage_totals (
    day TEXT NOT NULL,
    owner TEXT NOT NULL,
    user TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    requests INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    saved_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    cost REAL NOT NULL,
    PRIMARY KEY (owner, user, kind, day, name)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO usage_totals (day, owner, user, kind, name, requests, prompt_tokens, completion_tokens, saved_tokens,
    total_tokens, cost)
    SELECT day, usage.owner, each.user, kind, CASE kind WHEN 'model' THEN coalesce(model, '')
        WHEN 'provider' THEN coalesce(provider, '') WHEN 'user' THEN usage.owner ELSE '' END AS name,
      count(*), sum(prompt_tokens), sum(completion_tokens), sum(saved_tokens), sum(total_tokens),
      coalesce(sum(cost), 0.0)
    FROM usage JOIN (
      SELECT owner, '' AS user, column1 AS kind
        FROM (SELECT DISTINCT owner FROM usage) JOIN (VALUES ('all'), ('model'), ('provider'), ('user'))
      UNION ALL SELECT owner, owner, column1
        FROM (SELECT DISTINCT owner FROM usage) JOIN (VALUES ('all'), ('model'), ('provider'))
    ) AS each ON each.owner = usage.owner
    GROUP BY day, usage.owner, each.user, kind, name;`;
