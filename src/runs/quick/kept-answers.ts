import type { Clock } from "../../lib/clock.ts";
import { isObject, tryParseJson } from "../../lib/json.ts";
import type { Cache } from "../../store/cache.ts";
import type { MediaTable } from "../../store/media.ts";
import { toMediaName } from "../show-medium.ts";
import type { QuickAnswer } from "./quick-answer.ts";

export interface KeptAnswers {
  /** `undefined` where there is none, or where a medium of it is gone. */
  find(key: string, owner: string): Promise<QuickAnswer | undefined>;
  put(key: string, answer: QuickAnswer): Promise<void>;
}

export interface KeptAnswersParts {
  readonly cache: Pick<Cache, "find" | "put">;
  readonly table: Pick<MediaTable, "find">;
  readonly keepMs: number;
  readonly clock: Clock;
}

export function createKeptAnswers({ cache, table, keepMs, clock }: KeptAnswersParts): KeptAnswers {
  return {
    async find(key, owner) {
      const kept = tryParseJson((await cache.find("answer", key)) ?? "");
      if (!isAnswer(kept)) return undefined;
      const rows = await Promise.all(kept.media.map((address) => isThere(address, owner)));
      return rows.every(Boolean) ? kept : undefined;
    },
    put: (key, answer) => cache.put("answer", key, JSON.stringify({ ...answer, run_id: null }), clock() + keepMs),
  };

  /** What lies elsewhere is not looked for. */
  async function isThere(address: string, owner: string): Promise<boolean> {
    const name = toMediaName(address);
    return name === undefined || (await table.find(name))?.owner === owner;
  }
}

/** Nobody but us writes there: what was written by another version is told by its fields. */
function isAnswer(kept: unknown): kept is QuickAnswer {
  return isObject(kept) && Array.isArray(kept.pieces) && Array.isArray(kept.media) && "target" in kept;
}
