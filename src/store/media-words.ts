import type { Database } from "bun:sqlite";
import { tryParseJson } from "../lib/json.ts";
import { toIndexed, toMatch } from "./full-text.ts";
import type { MediaRow } from "./media.ts";

/** What is looked for among media. */
export interface MediaQuery {
  /** Any texts. */
  readonly terms: readonly string[];
  /** How many of the terms a medium must hold; if not said, one, and as many as the best does where chance picks. */
  readonly least?: number | undefined;
  /** Lets chance order what is found: the same seed, the same order. */
  readonly seed?: string | undefined;
  readonly skip: number;
  readonly limit: number;
}

export interface MediaMatch extends MediaRow {
  /** BM25, the higher the better, among those that hold as many of the terms. */
  readonly score: number;
}

export interface MediaFound {
  readonly total: number;
  readonly matches: readonly MediaMatch[];
}

/** The words of media: kept by the same transaction as their rows. */
export interface MediaWords {
  insert(id: number, row: MediaRow): void;
  remove(id: number): void;
  /** Those that hold more of the terms come first, then those that hold them better, then the newest. */
  search(owner: string, query: MediaQuery): MediaFound;
}

/** Of a word that more media hold, the newest so many count. */
const maxHits = 10_000;
/** Of those that hold as many terms, the newest so many are put in order by how well they do. */
const maxRanked = 300;

export function openMediaWords(database: Database, columns: string): MediaWords {
  const insert = database.query(
    "INSERT INTO media_words (rowid, owner, prompt, model, name, type) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const remove = database.query("DELETE FROM media_words WHERE rowid = ?");
  // As one text: ten thousand rows would cost ten times as much.
  const hits = database.query<{ ids: string }, [string]>(
    `SELECT json_group_array(rowid) AS ids FROM
       (SELECT rowid FROM media_words WHERE media_words MATCH ? ORDER BY rowid DESC LIMIT ${maxHits})`,
  );
  // What the prompt says counts most; a name repeats it.
  const scores = database.query<{ id: number; score: number }, [string, string, number]>(
    `SELECT rowid AS id, -bm25(media_words, 0.0, 3.0, 2.0, 1.0, 1.0) AS score FROM media_words
     WHERE media_words MATCH ?1 AND rowid >= ?3 AND +rowid IN (SELECT value FROM json_each(?2))`,
  );
  const rows = database.query<MediaRow & { id: number }, [string]>(
    `SELECT id, ${columns} FROM media WHERE id IN (SELECT value FROM json_each(?))`,
  );

  return {
    insert: (id, { owner, prompt, model, name, type }) =>
      void insert.run(id, toOwnerWord(owner), ...[prompt, model, name, type].map(toIndexed)),
    remove: (id) => void remove.run(id),
    search,
  };

  function search(owner: string, { terms, least, seed, skip, limit }: MediaQuery): MediaFound {
    const queries = terms.map((term) => toQuery(owner, term));
    const levels = toLevels(queries.map(({ ids }) => ids));
    const best = levels.findLastIndex((ids) => ids.length > 0);
    const groups = levels.slice(Math.max(1, least ?? (seed === undefined ? 1 : best))).toReversed();
    const match = toOwn(owner, queries.map(({ words }) => words).join(" OR "));
    const page =
      seed === undefined
        ? toPage(groups, skip, limit, (ids) => rank(match, ids))
        : shuffle(groups.flat(), seed).slice(skip, skip + limit);
    return { total: groups.reduce((count, ids) => count + ids.length, 0), matches: toMatches(page, match) };
  }

  /** The media that hold a term, newest first; where none holds it as a word, those in which a word begins with it. */
  function toQuery(owner: string, term: string): { readonly words: string; readonly ids: readonly number[] } {
    const whole = toMatch([term], { of: "any" });
    const ids = listHits(toOwn(owner, whole));
    if (ids.length > 0) return { words: whole, ids };
    const open = toMatch([term], { of: "any", isOpen: true });
    return { words: open, ids: open === whole ? ids : listHits(toOwn(owner, open)) };
  }

  function listHits(match: string): readonly number[] {
    const ids = tryParseJson(hits.get(match)?.ids ?? "[]");
    return Array.isArray(ids) ? ids : [];
  }

  function rank(match: string, ids: readonly number[]): readonly number[] {
    const newest = ids.slice(0, maxRanked);
    const scored = toScores(match, newest);
    const order = newest.toSorted((a, b) => (scored.get(b) ?? 0) - (scored.get(a) ?? 0));
    return [...order, ...ids.slice(maxRanked)];
  }

  function toScores(match: string, ids: readonly number[]): ReadonlyMap<number, number> {
    const found = scores.all(match, JSON.stringify(ids), Math.min(...ids));
    return new Map(found.map(({ id, score }) => [id, score]));
  }

  function toMatches(ids: readonly number[], match: string): MediaMatch[] {
    const scored = toScores(match, ids);
    const byId = new Map(rows.all(JSON.stringify(ids)).map(({ id, ...row }) => [id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      return row ? [{ ...row, score: scored.get(id) ?? 0 }] : [];
    });
  }
}

/** What people cannot look for by chance: no word of theirs is searched in this column. */
function toOwnerWord(owner: string): string {
  return `o${Buffer.from(owner).toString("hex")}q`;
}

function toOwn(owner: string, match: string): string {
  return `owner : "${toOwnerWord(owner)}" AND {prompt model name type} : (${match})`;
}

/** Of lists of ids, the highest first, those that stand in so many of them. */
function toLevels(lists: readonly (readonly number[])[]): number[][] {
  const levels: number[][] = Array.from({ length: lists.length + 1 }, () => []);
  const counts = new Uint8Array(Math.max(0, ...lists.map(([highest = 0]) => highest)) + 1);
  for (const ids of lists) for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  for (let id = counts.length - 1; id > 0; id--) levels[counts[id] ?? 0]?.push(id);
  return levels;
}

/** Only the groups that the page takes from are put in order. */
function toPage(
  groups: readonly (readonly number[])[],
  skip: number,
  limit: number,
  toOrdered: (ids: readonly number[]) => readonly number[],
): number[] {
  const page: number[] = [];
  let start = 0;
  for (const ids of groups) {
    const from = Math.max(0, skip - start);
    if (from < ids.length && page.length < limit) page.push(...toOrdered(ids).slice(from, from + limit - page.length));
    start += ids.length;
  }
  return page;
}

/** Each id gets a place that the seed draws, and keeps it whatever else is found. */
function shuffle(ids: readonly number[], seed: string): number[] {
  const drawn = Bun.hash.xxHash32(seed);
  const place = (id: number) => Bun.hash.xxHash32(String(id), drawn);
  return ids
    .map((id) => ({ id, at: place(id) }))
    .sort((a, b) => a.at - b.at)
    .map(({ id }) => id);
}
