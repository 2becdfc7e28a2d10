/** What lies in the data directory. Whoever puts something new there adds it to one of these; a test says so. */

/** What cannot be made anew: a backup holds it. */
export const kept = ["parley.db", "secret.key", "media", "files"] as const;

/** What is made anew where it is missing, or lives no longer than a server. */
export const passing = [
  "parley.db-wal",
  "parley.db-shm",
  "runs.db",
  "runs.db-wal",
  "runs.db-shm",
  "index.db",
  "index.db-wal",
  "index.db-shm",
  "thumbnails",
  "uploads",
] as const;

/** The marks of the processes that share the directory: these stay, whatever takes the place of everything else. */
export const marks = "servers";
