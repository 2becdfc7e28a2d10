import type { Database } from "bun:sqlite";
import { tryParseJson } from "../lib/json.ts";
import { toMatch } from "./full-text.ts";
import type { MemoryUser } from "./memory-users.ts";

/** Finds memories by their words. */
export interface MemoryWords {
  /** Ids, the best first: those that hold the rarer words better (BM25), then the newest. */
  rank(user: MemoryUser, terms: readonly string[], most: number, allowed: ReadonlySet<number> | undefined): number[];
}

/** Of a word that more memories hold, the newest so many count, and it decides only where no rarer word does. */
const commonHits = 4000;
/** So many are put in order by BM25, at about 2 µs for each word. */
const maxRanked = 400;
/** Of a question that has more words, the first so many count. */
const maxTerms = 48;

/** A share of the best score. */
const negligible = 0.02;

interface Term {
  readonly match: string;
  readonly ids: readonly number[];
}

export function openMemoryWords(database: Database): MemoryWords {
  // As one text: as rows they cost half as much again.
  const hits = database.query<{ ids: string }, [string, number, number]>(
    `SELECT json_group_array(rowid) AS ids FROM (
       SELECT rowid FROM memory_words WHERE memory_words MATCH ? AND rowid > ? AND rowid <= ?
       ORDER BY rowid DESC LIMIT ${commonHits})`,
  );
  const scores = database.query<{ id: number; score: number }, [string, number, number, string]>(
    `SELECT rowid AS id, -bm25(memory_words) AS score FROM memory_words
     WHERE memory_words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 AND +rowid IN (SELECT value FROM json_each(?4))`,
  );

  return {
    rank(user, terms, most, allowed) {
      const found = terms.slice(0, maxTerms).map((term) => toHits(term, user));
      const held = found.filter(({ ids }) => ids.length > 0);
      const rare = held.filter(({ ids }) => ids.length < commonHits);
      const chosen = rare.length > 0 ? rare : held;
      const weights = weigh(held, chosen, allowed);
      const order = [...weights.keys()].sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0) || b - a);
      const best = order.slice(0, Math.max(maxRanked, most));
      if (best.length === 0) return [];
      const exact = new Map(
        scores
          .all(
            chosen.map(({ match }) => match).join(" OR "),
            Math.min(...best),
            Math.max(...best),
            JSON.stringify(best),
          )
          .map(({ id, score }) => [id, score]),
      );
      const scoreOf = (id: number) => exact.get(id) ?? 0;
      best.sort((a, b) => scoreOf(b) - scoreOf(a) || b - a);
      // What shares but words that most memories hold is worth a thousandth of what shares one that few do.
      const least = scoreOf(best[0] ?? 0) * negligible;
      return best.filter((id) => scoreOf(id) >= least).slice(0, most);
    },
  };

  /** The memories that hold a term; where none holds it as a word, those in which a word begins with it. */
  function toHits(term: string, user: MemoryUser): Term {
    const whole = toMatch([term], { of: "any" });
    const ids = listHits(whole, user);
    if (ids.length > 0) return { match: whole, ids };
    const open = toMatch([term], { of: "any", isOpen: true });
    return { match: open, ids: open === whole ? ids : listHits(open, user) };
  }

  function listHits(match: string, { base, shown }: MemoryUser): readonly number[] {
    const ids = tryParseJson(hits.get(match, base, shown)?.ids ?? "[]");
    return Array.isArray(ids) ? ids : [];
  }
}

/** What holds one of the chosen terms, by how rare the terms are that it holds. */
function weigh(
  held: readonly Term[],
  chosen: readonly Term[],
  allowed: ReadonlySet<number> | undefined,
): Map<number, number> {
  const weights = new Map<number, number>();
  for (const { ids } of chosen) for (const id of ids) if (allowed === undefined || allowed.has(id)) weights.set(id, 0);
  for (const { ids } of held) {
    const rarity = Math.log(1 + commonHits / ids.length);
    for (const id of ids) {
      const weight = weights.get(id);
      if (weight !== undefined) weights.set(id, weight + rarity);
    }
  }
  return weights;
}
