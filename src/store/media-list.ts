import type { Database } from "bun:sqlite";
import type { MediaKind } from "../protocol/resources.ts";
import type { MediaRow } from "./media.ts";
import { mediaSpan } from "./media-words.ts";

/** Which of an owner's media are asked for, the newest first. */
export interface MediaListing {
  readonly owner: string;
  readonly kind: MediaKind | undefined;
  /** The last of the page before. */
  readonly before: number | undefined;
  readonly limit: number;
}

export interface MediaListed {
  /** Of all pages. */
  readonly total: number;
  /** Ids are counted within their owner's. */
  readonly rows: readonly (MediaRow & { readonly id: number })[];
}

export const mediaColumns = "name, owner, hash, type, bytes, width, height, model, provider, prompt, created_at";

/** As the index has it. */
const kindOf = "iif(type = 'application/ogg', 'audio', substr(type, 1, 5))";
const everyKind: readonly MediaKind[] = ["image", "audio", "video"];

/** For the reader's thread: to count a million takes longer than others can wait. */
export function readMediaList(database: Database): (asked: MediaListing) => MediaListed {
  const findOwner = database.query<{ number: number }, [string]>("SELECT number FROM media_owners WHERE owner = ?");
  const count = database.query<{ count: number }, [number, number, string]>(
    `SELECT count(*) AS count FROM media WHERE id > ?1 AND id < ?2 AND ${kindOf} = ?3`,
  );
  const page = database.query<MediaRow & { id: number }, [number, number, number]>(
    `SELECT id - ?1 AS id, ${mediaColumns} FROM media WHERE id > ?1 AND id < ?2 ORDER BY media.id DESC LIMIT ?3`,
  );
  const pageOfKind = database.query<MediaRow & { id: number }, [number, number, number, string]>(
    `SELECT id - ?1 AS id, ${mediaColumns} FROM media
     WHERE id > ?1 AND id < ?2 AND ${kindOf} = ?4 ORDER BY media.id DESC LIMIT ?3`,
  );

  return ({ owner, kind, before, limit }) => {
    const number = findOwner.get(owner)?.number;
    if (number === undefined) return { total: 0, rows: [] };
    const [base, end] = [number * mediaSpan, (number + 1) * mediaSpan];
    const last = before === undefined ? end : Math.min(base + before, end);
    const kinds = kind === undefined ? everyKind : [kind];
    return {
      total: kinds.reduce((sum, each) => sum + (count.get(base, end, each)?.count ?? 0), 0),
      rows: kind === undefined ? page.all(base, last, limit) : pageOfKind.all(base, last, limit, kind),
    };
  };
}
