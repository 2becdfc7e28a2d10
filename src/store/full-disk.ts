import { ApiError } from "../protocol/errors.ts";

/** What the system calls it that a disk is full, or what its user may have of it. */
const codes: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** What is thrown in place of what a file could not be written with: for a full disk, what callers are told of it. */
export function toWriteFailure(thrown: unknown): unknown {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return codes.has(code) ? storageFull(thrown) : thrown;
}

/** The same where only the code has come. */
export function codeToWriteFailure(code: string): ApiError | undefined {
  return codes.has(code) ? storageFull() : undefined;
}

function storageFull(cause?: unknown): ApiError {
  return new ApiError("storage_full", "the disk is full, and nothing was kept: delete what is not needed", { cause });
}
