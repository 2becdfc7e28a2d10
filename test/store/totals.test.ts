import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBucketTable } from "../../src/store/buckets.ts";
import { openDatabase } from "../../src/store/database.ts";
import { openMediaTable } from "../../src/store/media.ts";
import { migrations } from "../../src/store/migrations.ts";
import { openThumbnailTable } from "../../src/store/thumbnails.ts";
import { openTotal } from "../../src/store/totals.ts";
import { createWriter } from "../../src/store/writer.ts";

const tables = ["media", "thumbnails", "bucket_files"] as const;
const kept = { migrations, shrinks: false, synchronous: "NORMAL" } as const;

const medium = (name: string, bytes: number) => ({
  name,
  owner: "local",
  hash: name,
  type: "image/png",
  bytes,
  width: null,
  height: null,
  provider: "",
  model: "m",
  prompt: "p",
  created_at: 1,
});
const thumbnail = (hash: string, bytes: number) => ({ hash, etag: "e", bytes, created_at: 1 });
const file = (blob: string, bytes: number) => ({ ...medium("a.md", bytes), kind: "document" as const, blob });

test("what files take in all follows every row that comes, changes and goes, and those that were there before", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-totals-"));
  const path = join(folder, "parley.db");
  const before = migrations.findIndex((each) => typeof each === "string" && each.includes("TABLE totals"));
  const old = openDatabase(path, { ...kept, migrations: migrations.slice(0, before) });
  old.run("INSERT INTO thumbnails VALUES ('old', 'e', 7, 1, 1)");
  old.close();

  using database = openDatabase(path, kept);
  const writer = createWriter(database);
  const [media, thumbnails, buckets] = [
    openMediaTable(database, writer),
    openThumbnailTable(database, writer),
    openBucketTable(database, writer),
  ];
  const totals = () => tables.map((table) => openTotal(database, table)());
  const limits = { maxBucketBytes: 1000, maxTotalBytes: 1000 };
  expect(totals()).toEqual([0, 7, 0]);

  await media.insert(medium("a.png", 10));
  await media.insert(medium("b.png", 20));
  await media.insert(medium("b.png", 20));
  await thumbnails.save(thumbnail("old", 3));
  await thumbnails.save(thumbnail("new", 5));
  await buckets.add("local", "a", [file("1", 100), file("2", 200)], limits);
  await buckets.add("local", "b", [file("3", 400)], limits);
  await expect(buckets.add("local", "c", [file("4", 301)], limits)).rejects.toMatchObject({ reason: "storage_full" });
  expect(totals()).toEqual([30, 8, 700]);

  await media.remove("b.png");
  await thumbnails.remove("old");
  await buckets.remove("local", "a");
  expect(totals()).toEqual([10, 5, 400]);
  for (const table of tables)
    expect(database.query(`SELECT sum(bytes) AS bytes FROM ${table}`).get()).toEqual({
      bytes: openTotal(database, table)(),
    });
  rmSync(folder, { recursive: true });
});
