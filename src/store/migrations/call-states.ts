/** What vendors want back with the results of tools. */
export const callStates = `CREATE TABLE call_states (
    owner TEXT NOT NULL,
    call_id TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (owner, call_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX call_states_by_expiry ON call_states (expires_at);
  CREATE INDEX call_states_by_age ON call_states (owner, saved_at);`;
