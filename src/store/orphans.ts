import type { Blobs } from "./blobs.ts";

/** Looked for in the table between two looks at everything else. */
const atOnce = 500;

/** Removes the files that no row names, as a crash may leave them: each write begins with the file, and each removal with the row. */
export async function removeOrphans(
  blobs: Blobs,
  { listUnknown }: { listUnknown(names: readonly string[]): Promise<string[]> },
  signal: AbortSignal,
): Promise<void> {
  for await (const names of blobs.list(atOnce)) {
    if (signal.aborted) return;
    for (const name of await listUnknown(names)) await blobs.removeOrphan(name);
    // The look-up does not wait for anything: the others get their turn here.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
