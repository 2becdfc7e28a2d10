import type { Database } from "bun:sqlite";
import { tryParseJson } from "../lib/json.ts";
import type { MediaKind } from "../protocol/resources.ts";
import { toMatch, toIndexed } from "./full-text.ts";
import type { MediaRow } from "./media.ts";

/** What is looked for among media. */
export interface MediaQuery {
  /** Any texts. */
  readonly terms: readonly string[];
  /** Nothing else is found. */
  readonly kind?: MediaKind | undefined;
  /** How many of the terms a medium must hold; if not said, one, and as many as the best does where chance orders. */
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
  /** For a row that is about to be written: an owner's ids stand together, so that a search meets no others. */
  nextId(owner: string): number;
  insert(id: number, row: MediaRow): void;
  remove(id: number): void;
  /** Those that hold more of the terms come first, then those that hold them better, then the newest. */
  search(owner: string, query: MediaQuery): MediaFound;
}

/** How many ids an owner has. */
export const mediaSpan = 2 ** 32;
/** Of a word that more media hold, the newest so many count. */
const maxHits = 10_000;
/** Of those that hold as many terms, the newest so many are put in order by how well they do. */
const maxRanked = 300;

/** Some media, the newest first, and what all of them match. */
interface Group {
  readonly ids: readonly number[];
  readonly match: string;
}

/** Ids are counted within their owner's here. */
export function openMediaWords(database: Database, columns: string): MediaWords {
  const findOwner = database.query<{ number: number }, [string]>("SELECT number FROM media_owners WHERE owner = ?");
  const insertOwner = database.query<{ number: number }, [string]>(
    "INSERT INTO media_owners (owner) VALUES (?) RETURNING number",
  );
  const lastId = database.query<{ id: number }, [number, number]>(
    "SELECT coalesce(max(id), ?1) AS id FROM media WHERE id BETWEEN ?1 AND ?2",
  );
  const insert = database.query("INSERT INTO media_words (rowid, prompt, model, name, type) VALUES (?, ?, ?, ?, ?)");
  const remove = database.query("DELETE FROM media_words WHERE rowid = ?");
  // As one text: as rows they cost half as much again.
  const hits = database.query<{ ids: string }, [string, number, number]>(
    `SELECT json_group_array(rowid - ?2) AS ids FROM (
       SELECT rowid FROM media_words WHERE media_words MATCH ?1 AND rowid BETWEEN ?2 AND ?3
       ORDER BY rowid DESC LIMIT ${maxHits})`,
  );
  // What the prompt says counts most; a name repeats it.
  const scores = database.query<{ id: number; score: number }, [string, number, number, number, string]>(
    `SELECT rowid - ?2 AS id, -bm25(media_words, 3.0, 2.0, 1.0, 1.0) AS score FROM media_words
     WHERE media_words MATCH ?1 AND rowid BETWEEN ?2 + ?3 AND ?2 + ?4
       AND +rowid - ?2 IN (SELECT value FROM json_each(?5))`,
  );
  const rows = database.query<MediaRow & { id: number }, [number, string]>(
    `SELECT id - ?1 AS id, ${columns} FROM media WHERE id IN (SELECT ?1 + value FROM json_each(?2))`,
  );

  return {
    nextId(owner) {
      const { number = 0 } = findOwner.get(owner) ?? insertOwner.get(owner) ?? {};
      const base = number * mediaSpan;
      return (lastId.get(base, base + mediaSpan - 1)?.id ?? base) + 1;
    },
    insert: (id, { prompt, model, name, type }) => void insert.run(id, ...[prompt, model, name, type].map(toIndexed)),
    remove: (id) => void remove.run(id),

    search(owner, { terms, kind, least, seed, skip, limit }) {
      const base = (findOwner.get(owner)?.number ?? 0) * mediaSpan;
      const found = terms.map((term) => toHits(term, kind, base));
      const all = toGroups(found);
      const best = all.findLastIndex(({ ids }) => ids.length > 0);
      const groups = all.slice(Math.max(1, least ?? (seed === undefined ? 1 : best))).toReversed();
      const scored = new Map<number, number>();
      const page =
        seed === undefined
          ? toPage(groups, skip, limit, (group) => rank(group, base, scored))
          : shuffle(
              groups.flatMap(({ ids }) => ids),
              seed,
            ).slice(skip, skip + limit);
      const unscored = page.filter((id) => !scored.has(id));
      if (unscored.length > 0)
        score({ ids: unscored, match: found.map(({ match }) => match).join(" OR ") }, base, scored);
      const byId = new Map(rows.all(base, JSON.stringify(page)).map(({ id, ...row }) => [id, row]));
      const total = groups.reduce((count, { ids }) => count + ids.length, 0);
      return {
        total,
        matches: page.flatMap((id) => {
          const row = byId.get(id);
          return row ? [{ ...row, score: scored.get(id) ?? 0 }] : [];
        }),
      };
    },
  };

  /** The media that hold a term; where none holds it as a word, those in which a word begins with it. */
  function toHits(term: string, kind: MediaKind | undefined, base: number): Group {
    const whole = within(kind, toMatch([term], { of: "any" }));
    const ids = listHits(whole, base);
    if (ids.length > 0) return { match: whole, ids };
    const open = within(kind, toMatch([term], { of: "any", isOpen: true }));
    return { match: open, ids: open === whole ? ids : listHits(open, base) };
  }

  function listHits(match: string, base: number): readonly number[] {
    const ids = tryParseJson(hits.get(match, base, base + mediaSpan - 1)?.ids ?? "[]");
    return Array.isArray(ids) ? ids : [];
  }

  function rank({ ids, match }: Group, base: number, scored: Map<number, number>): readonly number[] {
    const newest = ids.slice(0, maxRanked);
    score({ ids: newest, match }, base, scored);
    const order = newest.toSorted((a, b) => (scored.get(b) ?? 0) - (scored.get(a) ?? 0));
    return [...order, ...ids.slice(maxRanked)];
  }

  function score({ ids, match }: Group, base: number, into: Map<number, number>): void {
    if (ids.length === 0) return;
    const [least, most] = [Math.min(...ids), Math.max(...ids)];
    for (const each of scores.all(match, base, least, most, JSON.stringify(ids))) into.set(each.id, each.score);
  }
}

/** The index has each medium's type as words. */
const typeWords = { image: '"image"', video: '"video"', audio: '("audio" OR "application")' };

function within(kind: MediaKind | undefined, match: string): string {
  return kind === undefined || match === '""' ? match : `(${match} AND type : ${typeWords[kind]})`;
}

/** Of what holds each of the terms, what holds none, one, two, … of them. */
function toGroups(found: readonly Group[]): Group[] {
  const levels: number[][] = Array.from({ length: found.length + 1 }, () => []);
  const counts = new Uint8Array(Math.max(0, ...found.map(({ ids: [highest = 0] }) => highest)) + 1);
  for (const { ids } of found) for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  for (let id = counts.length - 1; id > 0; id--) levels[counts[id] ?? 0]?.push(id);
  const matches = found.map(({ match }) => match);
  return levels.map((ids, held) => ({ ids, match: matches.join(held === found.length ? " AND " : " OR ") }));
}

/** Only the groups that the page takes from are put in order. */
function toPage(
  groups: readonly Group[],
  skip: number,
  limit: number,
  toOrdered: (group: Group) => readonly number[],
): number[] {
  const page: number[] = [];
  let start = 0;
  for (const group of groups) {
    const from = Math.max(0, skip - start);
    if (from < group.ids.length && page.length < limit)
      page.push(...toOrdered(group).slice(from, from + limit - page.length));
    start += group.ids.length;
  }
  return page;
}

/** Each id gets a place that the seed draws, and keeps it whatever else is found. */
function shuffle(ids: readonly number[], seed: string): number[] {
  const drawn = Bun.hash.xxHash32(seed);
  return ids
    .map((id) => ({ id, place: Bun.hash.xxHash32(String(id), drawn) }))
    .sort((a, b) => a.place - b.place)
    .map(({ id }) => id);
}
