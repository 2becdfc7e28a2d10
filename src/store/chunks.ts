import { openDatabase } from "./database.ts";
import { toIndexed, toMatch, toTerms } from "./full-text.ts";

/** Where a piece of a document lies. */
export interface ChunkRow {
  /** The document's file. */
  readonly blob: string;
  /** In bytes of UTF-8. */
  readonly start: number;
  readonly length: number;
  /** Where a reader finds it: its page or slide, and the heading that it stands under. */
  readonly place: string;
  /** Where the names of its columns lie, where it begins within a table; of no length where not. */
  readonly columns_start: number;
  readonly columns_length: number;
}

export interface NewChunk extends ChunkRow {
  /** What it is found by. */
  readonly text: string;
}

/**
 * The full-text index of the documents in buckets. It holds no text, only where the texts' pieces lie, and can be made
 * anew from them at any time: so it need not outlast the loss of power.
 */
export interface ChunkIndex extends Disposable {
  has(blob: string): boolean;
  /** Forgets the pieces of a document that was not finished. */
  begin(blob: string): void;
  /** Adds pieces of it, in one transaction. */
  add(bucket: string, chunks: readonly NewChunk[]): void;
  /** All its pieces are there. */
  finish(bucket: string, blob: string): void;
  /** Those of several buckets that fit the words best, best first. */
  search(buckets: readonly string[], words: string, limit: number): ChunkRow[];
  /** The first pieces of its documents, then the second ones, and so on. */
  beginnings(bucket: string, limit: number): ChunkRow[];
  /** How many pieces a bucket has. */
  count(bucket: string): number;
  /** Forgets a bucket. */
  remove(bucket: string): void;
  /** The buckets that it knows of. */
  buckets(): string[];
}

/** How the index came to be what it is, from the beginning. */
const migrations = [
  `CREATE TABLE indexed (blob TEXT PRIMARY KEY, bucket TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX indexed_by_bucket ON indexed (bucket);
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    bucket TEXT NOT NULL,
    blob TEXT NOT NULL,
    start INTEGER NOT NULL,
    length INTEGER NOT NULL,
    place TEXT NOT NULL
  ) STRICT;
  CREATE INDEX chunks_by_bucket ON chunks (bucket);
  CREATE INDEX chunks_by_blob ON chunks (blob);
  CREATE VIRTUAL TABLE chunk_text USING fts5(
    bucket, text, content='', contentless_delete=1,
    tokenize="porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
  );`,
  `ALTER TABLE chunks ADD COLUMN columns_start INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE chunks ADD COLUMN columns_length INTEGER NOT NULL DEFAULT 0;`,
];

const columns = "blob, start, length, place, columns_start, columns_length";

/** More words of a question find nothing that these do not; arbitrary. */
const maxTerms = 200;

export function openChunkIndex(path: string): ChunkIndex {
  const database = openDatabase(path, { migrations, shrinks: true, synchronous: "NORMAL" });
  const has = database.query("SELECT 1 FROM indexed WHERE blob = ?");
  const finish = database.query("INSERT INTO indexed (blob, bucket) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const insert = database.query<{ id: number }, [string, string, number, number, string, number, number]>(
    `INSERT INTO chunks (bucket, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  );
  const insertText = database.query("INSERT INTO chunk_text (rowid, bucket, text) VALUES (?, ?, ?)");
  // The bucket is a word of the index too, so that what others hold is never ranked.
  const search = database.query<ChunkRow, [string, string, number]>(
    `SELECT ${columns} FROM chunk_text JOIN chunks ON chunks.id = chunk_text.rowid
     WHERE chunk_text MATCH ? AND chunks.bucket IN (SELECT value FROM json_each(?)) ORDER BY bm25(chunk_text, 0, 1) LIMIT ?`,
  );
  const beginnings = database.query<ChunkRow, [string, number]>(
    `SELECT ${columns} FROM chunks WHERE bucket = ? ORDER BY start, blob LIMIT ?`,
  );
  const count = database.query<{ count: number }, [string]>("SELECT count(*) AS count FROM chunks WHERE bucket = ?");
  const buckets = database.query<{ bucket: string }, []>("SELECT DISTINCT bucket FROM chunks");

  const removeBlob = removals("blob");
  const removeBucket = removals("bucket");

  return {
    has: (blob) => has.get(blob) !== null,
    begin: removeBlob,
    add: database.transaction((bucket: string, chunks: readonly NewChunk[]) => {
      for (const { blob, start, length, place, columns_start, columns_length, text } of chunks) {
        const { id = 0 } = insert.get(bucket, blob, start, length, place, columns_start, columns_length) ?? {};
        insertText.run(id, bucket, toIndexed(text));
      }
    }),
    finish: (bucket, blob) => void finish.run(blob, bucket),
    search(buckets, words, limit) {
      const any = buckets.map((bucket) => `"${bucket}"`).join(" OR ");
      const match = toMatch(toTerms(words).slice(0, maxTerms), { of: "any" });
      return search.all(`bucket: (${any}) AND text: (${match})`, JSON.stringify(buckets), limit);
    },
    beginnings: (bucket, limit) => beginnings.all(bucket, limit),
    count: (bucket) => count.get(bucket)?.count ?? 0,
    remove: removeBucket,
    buckets: () => buckets.all().map(({ bucket }) => bucket),
    [Symbol.dispose]: () => database.close(),
  };

  function removals(column: "blob" | "bucket"): (value: string) => void {
    const statements = [
      `DELETE FROM chunk_text WHERE rowid IN (SELECT id FROM chunks WHERE ${column} = ?)`,
      `DELETE FROM chunks WHERE ${column} = ?`,
      `DELETE FROM indexed WHERE ${column} = ?`,
    ].map((sql) => database.query(sql));
    return database.transaction((value: string) => {
      for (const statement of statements) statement.run(value);
    });
  }
}
