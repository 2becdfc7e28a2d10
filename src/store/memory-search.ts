import type { Database } from "bun:sqlite";
import type { MemoryFilter } from "../protocol/memory-filter.ts";
import type { MemoryRow } from "./memory-rows.ts";
import { compileFilter } from "./memory-filter.ts";
import { openMemoryUsers, type MemoryUser } from "./memory-users.ts";
import { openNearestMemories } from "./memory-nearest.ts";
import { openMemoryWords } from "./memory-words.ts";

/** What is looked for among a user's memories. */
export interface MemorySearch {
  readonly owner: string;
  readonly userId: string;
  /** Words, as `toTerms` gives them. */
  readonly terms: readonly string[];
  /** What the question means, by a model; those that the same model has read are compared with it. */
  readonly meaning: { readonly model: string; readonly vector: Float32Array } | undefined;
  readonly filter: MemoryFilter | undefined;
  readonly limit: number;
}

export interface MemoryFound extends MemoryRow {
  /** 1 for what every way of looking puts first. */
  readonly score: number;
}

/** What reciprocal rank fusion usually adds to a place, so that the first few count about alike. */
const fusion = 60;
/** So many of each way of looking are merged, and more where more are asked for. */
const leastRanked = 100;

/** For the reader's thread, which keeps the signs of vectors in its memory. */
export function readMemorySearch(database: Database): (asked: MemorySearch) => MemoryFound[] {
  const users = openMemoryUsers(database);
  const words = openMemoryWords(database);
  const nearest = openNearestMemories(database);
  const rows = database.query<MemoryRow & { id: number }, [string]>(
    `SELECT id, memory_id, text, metadata, conversation_id, created_at, updated_at FROM memories
     WHERE id IN (SELECT value FROM json_each(?))`,
  );

  return ({ owner, userId, terms, meaning, filter, limit }) => {
    const user = users.find(owner, userId);
    if (!user) return [];
    const allowed = filter && listAllowed(user, filter);
    const most = Math.max(leastRanked, limit);
    const ranks = [words.rank(user, terms, most, allowed)];
    if (meaning) ranks.push(nearest.rank(user, meaning, most, allowed));
    const scores = fuse(ranks);
    const best = [...scores.keys()].sort((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0) || b - a);
    const page = best.slice(0, limit);
    const byId = new Map(rows.all(JSON.stringify(page)).map(({ id, ...row }) => [id, row]));
    return page.flatMap((id) => {
      const row = byId.get(id);
      return row ? [{ ...row, score: scores.get(id) ?? 0 }] : [];
    });
  };

  function listAllowed({ id, shown }: MemoryUser, filter: MemoryFilter): ReadonlySet<number> {
    const { sql, values } = compileFilter(filter);
    using statement = database.prepare<{ id: number }, (string | number)[]>(
      `SELECT m.id FROM memories AS m WHERE m.user = ? AND m.id <= ? AND (${sql})`,
    );
    return new Set(statement.all(id, shown, ...values).map((row) => row.id));
  }
}

/** Reciprocal rank: each list gives what it ranks 1 / (60 + place), and what is first in all of them has 1. */
function fuse(ranks: readonly (readonly number[])[]): Map<number, number> {
  const scores = new Map<number, number>();
  for (const ids of ranks)
    for (const [place, id] of ids.entries())
      scores.set(id, (scores.get(id) ?? 0) + (fusion + 1) / (fusion + 1 + place) / ranks.length);
  return scores;
}
