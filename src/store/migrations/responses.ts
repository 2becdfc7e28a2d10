import { countBytes } from "./count-bytes.ts";

/** What was asked and answered through an API whose clients name an earlier answer rather than send it again. */
export const responsesMigration = `CREATE TABLE responses (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    server INTEGER NOT NULL,
    previous_id TEXT,
    background INTEGER NOT NULL,
    origin TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    completed_at INTEGER,
    about TEXT NOT NULL,
    input TEXT NOT NULL,
    outcome TEXT,
    bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX responses_by_time ON responses (created_at);
  ${countBytes("responses")}`;
