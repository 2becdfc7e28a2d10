/** What lies in the data directory. Whoever puts something new there adds it to one of these; a test says so. */

/** The folders of files that never change, and which rows name them. */
export const blobFolders = [
  { folder: "media", table: "media", column: "hash" },
  { folder: "files", table: "bucket_files", column: "blob" },
  { folder: "shares", table: "shares", column: "blob" },
] as const;

/** What cannot be made anew: a backup holds it. */
export const kept: readonly string[] = ["parley.db", "secret.key", ...blobFolders.map(({ folder }) => folder)];

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
