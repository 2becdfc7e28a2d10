import { textAt } from "../lib/json.ts";

/** The protocol's revisions that are spoken here, the newest first (https://modelcontextprotocol.io/specification). */
const revisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"] as const;

/** Of those who do not say. */
export const newestRevision: string = revisions[0];

/** The one that a client wishes, or the newest: who cannot speak that leaves. */
export function negotiateRevision(wished: unknown): string {
  return revisions.find((each) => each === wished) ?? newestRevision;
}

export function isKnownRevision(revision: string): boolean {
  return revisions.some((each) => each === revision);
}

/** Several messages in one array were allowed for a while. Revisions are dates. */
export function allowsBatches(revision: string): boolean {
  return revision <= "2025-03-26";
}

/** In one array; arbitrary. */
const maxBatch = 50;

/** Each may be many megabytes, and all of them are held at once. */
const maxReads = 4;

/** What is expected of an array, for people. */
export const batchWords = `an array of 1 to ${maxBatch} messages, of which at most ${maxReads} are resources/read`;

export function isBatch(messages: readonly unknown[]): boolean {
  const reads = messages.filter((message) => textAt(message, "method") === "resources/read");
  return messages.length > 0 && messages.length <= maxBatch && reads.length <= maxReads;
}
