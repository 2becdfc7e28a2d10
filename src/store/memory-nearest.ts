import type { Database } from "bun:sqlite";
import { differingBits, likeness, toBytes, toSigns } from "../lib/quantise.ts";
import { openSignCache, type SignBlock } from "./memory-signs.ts";
import type { MemoryUser } from "./memory-users.ts";

/** Finds memories by what they mean. */
export interface NearestMemories {
  /** Ids, the nearest first, of those that the model has read. */
  rank(
    user: MemoryUser,
    meaning: { readonly model: string; readonly vector: Float32Array },
    most: number,
    allowed: ReadonlySet<number> | undefined,
  ): number[];
}

/** The first 512 signs choose whose others are looked at: a third of the time for 1,536 of them. */
const firstWords = 16;
const secondLook = 2000;
/** So many vectors are read from disk and compared as they are. */
const thirdLook = 400;

export function openNearestMemories(database: Database): NearestMemories {
  const findModel = database.query<{ id: number }, [string]>("SELECT id FROM memory_models WHERE name = ?");
  const vectors = database.query<{ id: number; vector: Uint8Array }, [string]>(
    `SELECT v.id, v.vector FROM json_each(?) AS e JOIN memory_vectors AS v ON v.id = e.value`,
  );
  const cache = openSignCache(database);

  return {
    rank(user, { model: name, vector }, most, allowed) {
      const model = findModel.get(name)?.id;
      if (model === undefined) return [];
      const blocks = cache.get(user.id, model, Math.ceil(vector.length / 32));
      const near = choose(blocks, toSigns(vector), Math.max(thirdLook, most), allowed && ((id) => allowed.has(id)));
      const bytes = toBytes(vector);
      return vectors
        .all(JSON.stringify(near))
        .filter((each) => each.id <= user.shown && each.vector.byteLength === vector.length)
        .map((each) => ({ id: each.id, likeness: likeness(bytes, toInt8(each.vector)) }))
        .sort((a, b) => b.likeness - a.likeness || b.id - a.id)
        .slice(0, most)
        .map(({ id }) => id);
    },
  };
}

function toInt8({ buffer, byteOffset, byteLength }: Uint8Array): Int8Array {
  return new Int8Array(buffer, byteOffset, byteLength);
}

/** Those whose signs differ least: by the first ones, and of the best by all. */
function choose(
  blocks: readonly SignBlock[],
  signs: Uint32Array,
  most: number,
  isAllowed: ((id: number) => boolean) | undefined,
): number[] {
  const words = signs.length;
  const few = Math.min(firstWords, words);
  const distances = blocks.map((block) => measure(block, signs, few, isAllowed));
  const limit = limitOf(distances, few * 32, Math.max(secondLook, most));
  const ids: number[] = [];
  const seconds: number[] = [];
  for (const [number, { ids: all, signs: theirs, count }] of blocks.entries()) {
    const found = distances[number];
    for (let index = 0; index < count; index++) {
      let distance = found?.[index] ?? notAllowed;
      if (distance > limit) continue;
      for (let from = few; from < words; from += firstWords)
        distance += differingBits(theirs, index * words + from, signs, from, Math.min(firstWords, words - from));
      ids.push(all[index] ?? 0);
      seconds.push(distance);
    }
  }
  const last = limitOf([Uint16Array.from(seconds)], words * 32, most);
  // In no order: they are compared as they are. What was changed may be there twice.
  return [...new Set(ids.filter((_, index) => (seconds[index] ?? notAllowed) <= last))];
}

/** A distance that none has. */
const notAllowed = 0xffff;

/** In how many of the first signs each of a block differs. */
function measure(
  { ids, signs: theirs, count }: SignBlock,
  signs: Uint32Array,
  words: number,
  isAllowed: ((id: number) => boolean) | undefined,
): Uint16Array {
  const distances = new Uint16Array(count);
  for (let index = 0; index < count; index++)
    distances[index] =
      isAllowed === undefined || isAllowed(ids[index] ?? 0)
        ? differingBits(theirs, index * signs.length, signs, 0, words)
        : notAllowed;
  return distances;
}

/** The distance up to which at least so many lie. */
function limitOf(distances: readonly Uint16Array[], greatest: number, most: number): number {
  const counts = new Uint32Array(notAllowed + 1);
  // Not by an iterator, which takes ten times as long.
  for (const found of distances)
    for (let index = 0; index < found.length; index++) {
      const distance = found[index] ?? notAllowed;
      counts[distance] = (counts[distance] ?? 0) + 1;
    }
  let sum = 0;
  for (let distance = 0; distance <= greatest; distance++) {
    sum += counts[distance] ?? 0;
    if (sum >= most) return distance;
  }
  return greatest;
}
