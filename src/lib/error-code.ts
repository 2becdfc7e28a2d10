/** What the system or SQLite calls a failure, such as `ENOENT` or `SQLITE_FULL`; empty where it has no such name. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
