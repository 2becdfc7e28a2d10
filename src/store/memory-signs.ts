import type { Database } from "bun:sqlite";

/** The signs of some vectors, one after the other, and whose they are. */
export interface SignBlock {
  readonly ids: Float64Array;
  readonly signs: Uint32Array;
  count: number;
}

/** The signs of users' vectors, in memory: read when they are first asked for, and then only what is new. */
export interface SignCache {
  /** Each of so many words. What was removed since may still be among them. */
  get(user: number, model: number, words: number): readonly SignBlock[];
}

interface Entry {
  readonly blocks: SignBlock[];
  readonly words: number;
  /** The number of the last that was read. */
  last: number;
  count: number;
  /** How often it was asked for since it was last compared with what there is. */
  uses: number;
}

const blockLength = 4096;
/** What all of them may take in memory: of 1,536 numbers, the signs of 650,000 vectors. Arbitrary. */
const maxBytes = 128 * 1024 * 1024;
const usesBetweenCounts = 50;

export function openSignCache(database: Database): SignCache {
  const since = database.query<{ number: number; id: number; signs: Uint8Array }, [number, number, number]>(
    "SELECT number, id, signs FROM memory_signs WHERE user = ? AND model = ? AND number > ? ORDER BY number",
  );
  const countOf = database.query<{ count: number }, [number, number]>(
    "SELECT count(*) AS count FROM memory_signs WHERE user = ? AND model = ?",
  );
  const nthLast = database.query<{ number: number }, [number, number, number]>(
    "SELECT number FROM memory_signs WHERE user = ? AND model = ? ORDER BY number DESC LIMIT 1 OFFSET ?",
  );
  /** Those that were asked for last are last. */
  const entries = new Map<string, Entry>();

  return {
    get(user, model, words) {
      const name = `${user} ${model}`;
      const known = entries.get(name);
      const entry = known?.words === words && !isStale(known, user, model) ? known : begin(user, model, words);
      entries.delete(name);
      entries.set(name, entry);
      for (const row of since.iterate(user, model, entry.last)) add(entry, row);
      makeRoom(entry);
      return entry.blocks;
    },
  };

  /** Of more than there is room for, the newest. */
  function begin(user: number, model: number, words: number): Entry {
    const most = Math.floor(maxBytes / bytesOf(words));
    return { blocks: [], words, last: nthLast.get(user, model, most)?.number ?? 0, count: 0, uses: 0 };
  }

  /** What was removed is not taken out, but all is read anew where it is a third. */
  function isStale(entry: Entry, user: number, model: number): boolean {
    if (++entry.uses % usesBetweenCounts !== 0) return false;
    return entry.count * bytesOf(entry.words) > maxBytes || entry.count > 1.5 * (countOf.get(user, model)?.count ?? 0);
  }

  function add(
    entry: Entry,
    { number, id, signs }: { readonly number: number; readonly id: number; readonly signs: Uint8Array },
  ): void {
    entry.last = number;
    if (signs.byteLength !== entry.words * 4) return;
    const last = entry.blocks.at(-1);
    const block = last && last.count < blockLength ? last : addBlock(entry);
    new Uint8Array(block.signs.buffer).set(signs, block.count * signs.byteLength);
    block.ids[block.count++] = id;
    entry.count++;
  }

  function addBlock({ blocks, words }: Entry): SignBlock {
    const block = { ids: new Float64Array(blockLength), signs: new Uint32Array(blockLength * words), count: 0 };
    blocks.push(block);
    return block;
  }

  function makeRoom(kept: Entry): void {
    let bytes = 0;
    for (const { count, words } of entries.values()) bytes += count * bytesOf(words);
    for (const [name, entry] of entries) {
      if (bytes <= maxBytes) return;
      if (entry === kept) continue;
      bytes -= entry.count * bytesOf(entry.words);
      entries.delete(name);
    }
  }
}

function bytesOf(words: number): number {
  return words * 4 + 8;
}
