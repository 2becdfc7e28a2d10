import { existsSync } from "node:fs";
import type { Clock } from "../lib/clock.ts";
import { digestOf } from "../lib/digest.ts";
import { openLazyThread } from "../lib/thread.ts";
import type { CacheAnswer, CacheOp } from "./cache-worker.ts";

/**
 * What may be lost: bounded in size and age, in a file of its own, so that no backup holds it. Nobody fails because of it:
 * where it cannot be read nothing is found, and where it cannot be written nothing is kept.
 */
export interface Cache extends AsyncDisposable {
  /** `undefined` where it is not there, or past its time. */
  find(kind: CacheKind, key: string): Promise<string | undefined>;
  /** Beyond `maxBytes` in all the oldest go; what is larger than a tenth of that is not kept. */
  put(kind: CacheKind, key: string, value: string, expiresAt: number): Promise<void>;
  /** Removes some of what is past its time, and gives its number. @throws what SQLite says */
  removeBefore(moment: number): Promise<number>;
}

/** What is kept: results of searches, pages, what sites ask robots to leave alone, and answers of quick create. */
export type CacheKind = "search" | "page" | "robots" | "answer";

export interface CacheOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly clock: Clock;
}

/** A page of a megabyte takes longer to write than others can wait: so it is done in a thread, which starts with its use. */
export function openCache({ path, maxBytes, clock }: CacheOptions): Cache {
  const url = new URL("./cache-worker.ts", import.meta.url);
  const thread = openLazyThread<CacheOp, CacheAnswer>(url, { op: "open", path, maxBytes });
  let isUsed = existsSync(path);
  const ask = (asked: CacheOp) => {
    isUsed = true;
    return thread.ask(asked);
  };
  return {
    async find(kind, key) {
      const found = await ask({ op: "find", digest: toDigest(kind, key), now: clock() }).catch(() => undefined);
      return typeof found === "string" ? found : undefined;
    },
    async put(kind, key, value, expiresAt) {
      if (Buffer.byteLength(value) > maxBytes / 10) return;
      await ask({ op: "put", digest: toDigest(kind, key), value, expiresAt }).catch(() => {});
    },
    async removeBefore(moment) {
      return isUsed ? Number(await ask({ op: "remove", moment })) : 0;
    },
    [Symbol.asyncDispose]: () => thread.close({ op: "close" }, new Error("the cache was closed")),
  };
}

/** What is asked for need not stand in the file. */
function toDigest(kind: CacheKind, key: string): Uint8Array {
  return digestOf(`${kind}\n${key}`);
}
