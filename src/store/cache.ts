/** What may be lost: bounded in size and age, in a file of its own, so that no backup holds it. */
export interface Cache {
  /** `undefined` where it is not there, or past its time. */
  find(kind: CacheKind, key: string): Promise<string | undefined>;
  /** Beyond `maxBytes` in all the oldest go; what is larger than a tenth of that is not kept. */
  put(kind: CacheKind, key: string, value: string, expiresAt: number): Promise<void>;
  /** Removes some of what is past its time, and gives its number. */
  removeBefore(moment: number): Promise<number>;
}

/** What is kept: results of searches, pages, what sites ask robots to leave alone, and answers of quick create. */
export type CacheKind = "search" | "page" | "robots" | "answer";
