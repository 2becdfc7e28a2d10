/** A backup that cannot be made or used; the message is all that a person needs. */
export class BackupError extends Error {}
