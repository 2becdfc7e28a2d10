import { countBytes } from "./count-bytes.ts";

/** Cookies for providers, what clients log, and what requests with an `Idempotency-Key` have claimed. */
export const cookiesLogClaims = `
  CREATE TABLE cookies (
    domain TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    cookies INTEGER NOT NULL,
    first_expiry INTEGER,
    last_expiry INTEGER,
    uploaded_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE client_log (
    id INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX client_log_by_time ON client_log (received_at);
  ${countBytes("client_log")}
  CREATE TABLE claims (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    target TEXT NOT NULL,
    key TEXT NOT NULL,
    server INTEGER NOT NULL,
    has_written INTEGER NOT NULL,
    digest BLOB,
    status INTEGER,
    headers TEXT,
    sealed BLOB,
    run_id TEXT,
    bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (owner, target, key)
  ) STRICT;
  CREATE INDEX claims_by_time ON claims (created_at);
  ${countBytes("claims")}`;
