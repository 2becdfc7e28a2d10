/** What a write was refused for that is nobody's mistake: the disk of the data directory took it not, or will take nothing. */
export interface DiskFailure {
  /** As the system or SQLite calls it: `ENOSPC`, `SQLITE_IOERR_WRITE`. */
  readonly code: string;
  /** Public: what is wrong, and what to do about it. */
  readonly message: string;
}

const full =
  "the disk of the data directory is full, so nothing was written: make room on it, then ask again; nothing has to be restarted";
const readOnly =
  "the disk of the data directory is read-only, so nothing was written: mount it for writing, then ask again";
const failing = "the disk of the data directory fails: the system's log says why; then `parley doctor --deep`";
const busy = "another program holds the database of the data directory: ask again in a moment";

/** The beginnings of their codes (https://www.sqlite.org/rescode.html, errno(3)). */
export const diskCodes = {
  full: /^(ENOSPC|EDQUOT|SQLITE_FULL)/,
  readOnly: /^(EROFS|SQLITE_READONLY)/,
  damaged: /^SQLITE_(CORRUPT|NOTADB)/,
} as const;

const messages: readonly (readonly [RegExp, string])[] = [
  [diskCodes.full, full],
  [diskCodes.readOnly, readOnly],
  [/^(EIO$|SQLITE_IOERR|SQLITE_CANTOPEN)/, failing],
  [/^SQLITE_BUSY/, busy],
];

/** `undefined` for whatever else was thrown. */
export function toDiskFailure(thrown: unknown): DiskFailure | undefined {
  const code = codeOf(thrown);
  const [, message] = messages.find(([pattern]) => pattern.test(code)) ?? [];
  return message === undefined ? undefined : { code, message };
}

/** Whether a database is not what was written: as SQLite says it (https://www.sqlite.org/rescode.html#corrupt). */
export function isDamage(thrown: unknown): thrown is Error & { readonly code: unknown } {
  return diskCodes.damaged.test(codeOf(thrown));
}

/** Of the process, or of the whole machine (errno(3)). */
export function isOutOfDescriptors(thrown: unknown): boolean {
  return /^E[MN]FILE$/.test(codeOf(thrown));
}

/** As that of `lib/`, which the contract does not reach. */
function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
