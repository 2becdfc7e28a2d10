/** Keys of providers that were entered while the server ran, sealed. */
export const providerKeysMigration = `CREATE TABLE provider_keys (
    provider TEXT PRIMARY KEY,
    sealed BLOB NOT NULL,
    saved_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;`;
