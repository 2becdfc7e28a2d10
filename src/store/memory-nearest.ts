import type { Database } from "bun:sqlite";
import { cosine, differingBits, toSigns } from "../lib/quantise.ts";
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
const thirdLook = 250;

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
      const isAllowed = (id: number) => id <= user.shown && (allowed === undefined || allowed.has(id));
      const near = choose(blocks, toSigns(vector), Math.max(thirdLook, most), isAllowed);
      return vectors
        .all(JSON.stringify(near))
        .filter((each) => each.vector.byteLength === vector.length)
        .map((each) => ({ id: each.id, cosine: cosine(vector, toInt8(each.vector)) }))
        .sort((a, b) => b.cosine - a.cosine || b.id - a.id)
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
  isAllowed: (id: number) => boolean,
): number[] {
  const words = signs.length;
  const few = Math.min(firstWords, words);
  const distances = blocks.map(({ ids, signs: theirs, count }) => {
    const found = new Uint16Array(count).fill(notAllowed);
    for (let index = 0; index < count; index++)
      if (isAllowed(ids[index] ?? 0)) found[index] = differingBits(theirs, index * words, signs, 0, few);
    return found;
  });
  const limit = limitOf(distances, few * 32, Math.max(secondLook, most));
  const second: { readonly id: number; readonly distance: number }[] = [];
  for (const [number, { ids, signs: theirs, count }] of blocks.entries()) {
    const found = distances[number];
    for (let index = 0; index < count; index++)
      if ((found?.[index] ?? notAllowed) <= limit)
        second.push({ id: ids[index] ?? 0, distance: differingBits(theirs, index * words, signs, 0, words) });
  }
  const best = second.sort((a, b) => a.distance - b.distance).map(({ id }) => id);
  // What was changed may be there twice.
  return [...new Set(best)].slice(0, most);
}

/** A distance that none has. */
const notAllowed = 0xffff;

/** The distance up to which at least so many lie. */
function limitOf(distances: readonly Uint16Array[], greatest: number, most: number): number {
  const counts = new Uint32Array(greatest + 1);
  for (const found of distances)
    for (const distance of found) if (distance <= greatest) counts[distance] = (counts[distance] ?? 0) + 1;
  let sum = 0;
  for (let distance = 0; distance <= greatest; distance++) {
    sum += counts[distance] ?? 0;
    if (sum >= most) return distance;
  }
  return greatest;
}
