/** A backup that cannot be made or used; the message is all that a person needs. */
export class BackupError extends Error {}

/** What the system refuses, such as a full disk, as that; anything else as it is. */
export function asRefusal(thrown: unknown): unknown {
  return thrown instanceof Error && "syscall" in thrown ? new BackupError(thrown.message, { cause: thrown }) : thrown;
}
