import type { Database } from "bun:sqlite";

/** Which of an owner's buckets are asked for. */
export interface BucketListing {
  readonly owner: string;
  /** The last of the page before. */
  readonly before: number | undefined;
  readonly limit: number;
  /** What their ids begin with. */
  readonly prefix?: string;
  /** The newest first, if it is not said. */
  readonly order?: "newest" | "oldest";
}

/** A bucket, and what is in it. */
export interface BucketSummaryRow {
  readonly id: number;
  readonly bucket_id: string;
  readonly documents: number;
  readonly media: number;
  /** Of the documents' texts, and of the media as they are. */
  readonly text_bytes: number;
  readonly media_bytes: number;
  /** Milliseconds since 1970; null for one that holds nothing. */
  readonly created_at: number | null;
  readonly updated_at: number | null;
  /** Of the first few. */
  readonly names: readonly string[];
}

const namesShown = 3;

/** For the reader's thread: a bucket may hold a hundred thousand files. */
export function readBucketList(database: Database): (asked: BucketListing) => readonly BucketSummaryRow[] {
  const page = (rows: string) =>
    database.query<{ id: number; bucket_id: string }, [string, string, number, number]>(
      `SELECT id, bucket_id FROM buckets
       WHERE owner = ?1 AND substr(bucket_id, 1, length(?2)) = ?2 AND id ${rows} LIMIT ?4`,
    );
  const pages = { newest: page("< ?3 ORDER BY id DESC"), oldest: page("> ?3 ORDER BY id") };
  const sums = database.query<Omit<BucketSummaryRow, "id" | "bucket_id" | "names">, [number]>(
    `SELECT count(*) FILTER (WHERE kind = 'document') AS documents, count(*) FILTER (WHERE kind = 'media') AS media,
       coalesce(sum(bytes) FILTER (WHERE kind = 'document'), 0) AS text_bytes,
       coalesce(sum(bytes) FILTER (WHERE kind = 'media'), 0) AS media_bytes,
       min(created_at) AS created_at, max(created_at) AS updated_at
     FROM bucket_files WHERE bucket = ?`,
  );
  const names = database.query<{ name: string }, [number]>(
    `SELECT name FROM bucket_files WHERE bucket = ? ORDER BY id LIMIT ${namesShown}`,
  );
  return ({ owner, order = "newest", before = order === "newest" ? Number.MAX_SAFE_INTEGER : 0, prefix = "", limit }) =>
    pages[order].all(owner, prefix, before, limit).flatMap(({ id, bucket_id }) => {
      const sum = sums.get(id);
      return sum ? [{ id, bucket_id, ...sum, names: names.all(id).map(({ name }) => name) }] : [];
    });
}
