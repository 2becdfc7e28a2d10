import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/store/database.ts";
import { migrations } from "../../src/store/migrations.ts";
import { openReader } from "../../src/store/reader.ts";

test("what is read beside the event loop sees what was committed, and fails alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-reader-"));
  const path = join(folder, "parley.db");
  using database = openDatabase(path, { migrations, shrinks: false, synchronous: "FULL" });
  {
    await using reader = openReader(path);
    expect(await Promise.all([reader.read("damage", undefined), reader.read("damage", undefined)])).toEqual([[], []]);
    // Bun's `rejects` would wait for a thread that keeps nothing alive.
    const failure: unknown = await reader.read("nothing" as "damage", undefined).catch((thrown: unknown) => thrown);
    expect(String(failure)).toContain("is not a function");
    expect(await reader.read("damage", undefined)).toEqual([]);
  }
  // Its end leaves no lock behind.
  database.run("CREATE TABLE later (a TEXT) STRICT");
  await expect(openReader(join(folder, "missing.db")).read("damage", undefined)).rejects.toThrow("unable to open");
  rmSync(folder, { recursive: true, force: true });
});

test("what is asked after the end is refused, whether or not the thread had begun", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-reader-"));
  const path = join(folder, "parley.db");
  using _ = openDatabase(path, { migrations, shrinks: false, synchronous: "FULL" });
  for (const hasBegun of [true, false]) {
    const reader = openReader(path);
    if (hasBegun) await reader.read("damage", undefined);
    await reader[Symbol.asyncDispose]();
    const late = reader.read("damage", undefined).catch((thrown: unknown) => String(thrown));
    expect(await late).toBe("Error: the database was closed");
  }
  rmSync(folder, { recursive: true, force: true });
});
