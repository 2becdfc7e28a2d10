/** What lies in the data directory. Whoever puts something new there adds it here; a test says so. */

const digest = /^[0-9a-f]{64}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Folders of files, each of which a row names: by which column of which table, and what names look like. Files never
 * change, come before their rows, and go after them.
 */
export const blobFolders = [
  { folder: "media", table: "media", column: "hash", names: digest },
  { folder: "files", table: "bucket_files", column: "blob", names: uuid },
  { folder: "shares", table: "shares", column: "blob", names: uuid },
] as const;

/** The database. */
export const databaseName = "parley.db";

/** What was said in the last hour, of runs that can be joined. */
export const runsName = "runs.db";

/** What is made anew of the rest: indexes of documents and of chats, and what was fetched. */
export const remadeNames = ["index.db", "chat-index.db", "cache.db"];

/** All databases. */
export const databaseNames = [databaseName, runsName, ...remadeNames];

/** What cookies and keys of providers are encrypted with. */
export const secretKey = "secret.key";

/** What was typed into `parley chat`, for the arrow keys. */
export const typedName = "chat-history";

/** What cannot be made anew: a backup holds it. */
const kept: readonly string[] = [databaseName, secretKey, ...blobFolders.map(({ folder }) => folder)];

/** What is made anew where it is missing, or lives no longer than a server. */
const passing: readonly string[] = [
  ...databaseNames.flatMap((name) => [name, `${name}-wal`, `${name}-shm`]),
  "thumbnails",
  "uploads",
  typedName,
];

/** All that is ours, but for the marks. */
export const ours: readonly string[] = [...new Set([...kept, ...passing])];

/** The marks of the processes that share the directory: these stay, whatever takes the place of everything else. */
export const marks = "servers";
