import type { Database } from "bun:sqlite";
import { numbered } from "../lib/safe-name.ts";
import { ApiError } from "../protocol/errors.ts";
import { openTotal } from "./totals.ts";
import type { Writer } from "./writer.ts";

/** A bucket of an owner's: two owners' buckets of the same id have nothing in common. */
export interface BucketRow {
  readonly id: number;
  /** Its own for ever, unlike its id and its number. */
  readonly key: string;
}

export interface NamedBucketRow extends BucketRow {
  readonly bucket_id: string;
}

/** A file of a bucket. */
export interface BucketFileRow {
  /** Unique in its bucket. */
  readonly name: string;
  /** A document's file holds its text, as Markdown; a medium is as it came. */
  readonly kind: "document" | "media";
  readonly type: string;
  readonly bytes: number;
  /** Its file's generated name: what is in it never changes. */
  readonly blob: string;
  readonly width: number | null;
  readonly height: number | null;
  /** Milliseconds since 1970. */
  readonly created_at: number;
}

export interface BucketLimits {
  /** Of one bucket. */
  readonly maxBucketBytes: number;
  /** Of all of them. */
  readonly maxTotalBytes: number;
}

export interface BucketTable {
  find(owner: string, bucketId: string): Promise<BucketRow | undefined>;
  /** The newest first, from the one before `before` on, which is a row's `id`. */
  list(owner: string, before: number, limit: number): Promise<NamedBucketRow[]>;
  /** In the order in which they came. */
  files(bucket: BucketRow): Promise<BucketFileRow[]>;
  /** Some of them, after the file of that id. */
  page(bucket: BucketRow, after: number, limit: number): Promise<(BucketFileRow & { readonly id: number })[]>;
  findFile(bucket: BucketRow, name: string): Promise<BucketFileRow | undefined>;
  /**
   * Adds files, all or none, to a bucket that is made if it is missing; a name that is taken gets a number.
   *
   * @throws {ApiError} `body_too_large` where the bucket would hold too much, `storage_full` where all would
   */
  add(
    owner: string,
    bucketId: string,
    files: readonly BucketFileRow[],
    limits: BucketLimits,
  ): Promise<{ readonly bucket: BucketRow; readonly files: readonly BucketFileRow[] }>;
  /** Gives what it held, whose files may go now; `undefined` where there is no such bucket. */
  remove(
    owner: string,
    bucketId: string,
  ): Promise<{ readonly bucket: BucketRow; readonly blobs: readonly string[] } | undefined>;
  /** Of all buckets. */
  keys(): Promise<Set<string>>;
  /** Those of them that are no file of any bucket's. */
  listUnknown(blobs: readonly string[]): Promise<string[]>;
}

const columns = "name, kind, type, bytes, blob, width, height, created_at";

export function openBucketTable(database: Database, writer: Writer): BucketTable {
  const find = database.query<BucketRow, [string, string]>(
    "SELECT id, key FROM buckets WHERE owner = ? AND bucket_id = ?",
  );
  const list = database.query<NamedBucketRow, [string, number, number]>(
    "SELECT id, key, bucket_id FROM buckets WHERE owner = ? AND id < ? ORDER BY id DESC LIMIT ?",
  );
  const make = database.query(
    "INSERT INTO buckets (owner, bucket_id, key) VALUES (?, ?, ?) ON CONFLICT (owner, bucket_id) DO NOTHING",
  );
  const files = database.query<BucketFileRow, [number]>(
    `SELECT ${columns} FROM bucket_files WHERE bucket = ? ORDER BY id`,
  );
  const page = database.query<BucketFileRow & { id: number }, [number, number, number]>(
    `SELECT id, ${columns} FROM bucket_files WHERE bucket = ? AND id > ? ORDER BY id LIMIT ?`,
  );
  const findFile = database.query<BucketFileRow, [number, string]>(
    `SELECT ${columns} FROM bucket_files WHERE bucket = ? AND name = ?`,
  );
  const insert = database.query(
    `INSERT INTO bucket_files (bucket, ${columns})
     VALUES ($bucket, $name, $kind, $type, $bytes, $blob, $width, $height, $created_at)`,
  );
  const held = database.query<{ bytes: number }, [number]>(
    "SELECT coalesce(sum(bytes), 0) AS bytes FROM bucket_files WHERE bucket = ?",
  );
  const totalBytes = openTotal(database, "bucket_files");
  const addToTotal = database.query("UPDATE totals SET bytes = bytes + ? WHERE name = 'bucket_files'");
  const remove = database.query("DELETE FROM buckets WHERE id = ?");
  const keys = database.query<{ key: string }, []>("SELECT key FROM buckets");
  const unknown = database.query<{ blob: string }, [string]>(
    `SELECT value AS blob FROM json_each(?) WHERE value NOT IN (SELECT blob FROM bucket_files)`,
  );

  return {
    find: async (owner, bucketId) => find.get(owner, bucketId) ?? undefined,
    list: async (owner, before, limit) => list.all(owner, before, limit),
    files: async ({ id }) => files.all(id),
    page: async ({ id }, after, limit) => page.all(id, after, limit),
    findFile: async ({ id }, name) => findFile.get(id, name) ?? undefined,
    add: (owner, bucketId, added, limits) =>
      writer.write(() => {
        make.run(owner, bucketId, Bun.randomUUIDv7("hex").replaceAll("-", ""));
        const bucket = find.get(owner, bucketId);
        if (!bucket) throw new Error("a bucket that was just made is not there");
        const bytes = added.reduce((sum, file) => sum + file.bytes, 0);
        assertRoom(bucket, bytes, limits);
        const named = nameApart(added, (name) => findFile.get(bucket.id, name) !== null);
        for (const file of named) insert.run({ ...file, bucket: bucket.id });
        addToTotal.run(bytes);
        return { bucket, files: named };
      }),
    remove: (owner, bucketId) =>
      writer.write(() => {
        const bucket = find.get(owner, bucketId);
        if (!bucket) return undefined;
        const blobs = files.all(bucket.id).map(({ blob }) => blob);
        remove.run(bucket.id);
        return { bucket, blobs };
      }),
    keys: async () => new Set(keys.all().map(({ key }) => key)),
    listUnknown: async (blobs) => unknown.all(JSON.stringify(blobs)).map(({ blob }) => blob),
  };

  function assertRoom({ id }: BucketRow, bytes: number, limits: BucketLimits): void {
    if ((held.get(id)?.bytes ?? 0) + bytes > limits.maxBucketBytes) throw tooMuchForBucket(limits);
    if (totalBytes() + bytes > limits.maxTotalBytes)
      throw new ApiError(
        "storage_full",
        `all buckets together hold at most ${limits.maxTotalBytes} bytes: delete some, or raise max_files`,
      );
  }
}

export function tooMuchForBucket({ maxBucketBytes }: BucketLimits): ApiError {
  return new ApiError(
    "body_too_large",
    `a bucket holds at most ${maxBucketBytes} bytes: take another one, or raise max_bucket`,
  );
}

/** The second `a.png` is `a-2.png`. */
function nameApart(files: readonly BucketFileRow[], isThere: (name: string) => boolean): BucketFileRow[] {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return files.map((file) => {
    let { name } = file;
    for (let count = next.get(file.name) ?? 2; taken.has(name) || isThere(name); count++) {
      name = numbered(file.name, count);
      next.set(file.name, count + 1);
    }
    taken.add(name);
    return { ...file, name };
  });
}
