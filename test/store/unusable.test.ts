import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../src/config/error.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openDataDirectory } from "../../src/data-directory.ts";
import { mayMount, openSmallDisk } from "../support/small-disk.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "parley-unusable-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function refusal(path: string): string {
  try {
    openDataDirectory(loadConfig({ environment: {}, flags: { data_dir: path } }));
  } catch (thrown) {
    // With which a command ends with code 2, and its message alone.
    expect(thrown).toBeInstanceOf(ConfigError);
    return String(thrown);
  }
  throw new Error("it was opened");
}

/** What makes a data directory unusable, and what is said to do about it. */
const cases: readonly (readonly [string, (path: string) => string, RegExp])[] = [
  ["a file", (path) => (writeFileSync(join(path, "data"), ""), join(path, "data")), /Move away what has the name/],
  [
    "a file in the place of a folder in it",
    (path) => (writeFileSync(join(path, "media"), ""), path),
    /Move away what has the name/,
  ],
  [
    "a folder in the place of the database",
    (path) => (mkdirSync(join(path, "parley.db")), path),
    /Move away what has the name/,
  ],
  [
    "a path of a name that is too long",
    (path) => join(path, "x".repeat(300)),
    /its path is too long\. Take a shorter one/,
  ],
  [
    "a path that is too long",
    (path) => join(path, ...Array.from({ length: 60 }, () => "x".repeat(60))),
    /^.{0,700}its path is too long\. Take a shorter one/,
  ],
  [
    "of a newer Parley",
    newer,
    /it was written by a newer Parley \(database version 999, this program knows \d+\): use that version/,
  ],
];

function newer(path: string): string {
  using database = new Database(join(path, "parley.db"));
  database.run("PRAGMA user_version = 999");
  return path;
}

test.each(cases)("a data directory that is %s is refused with the cure", (_, prepare, said) => {
  expect(refusal(prepare(folder))).toMatch(said);
});

test.if(mayMount)(
  "one on a full disk, or one that cannot be written to, says which, and can be used afterwards",
  async () => {
    using disk = openSmallDisk(4 * 1024 * 1024);
    disk.fill();
    expect(refusal(join(disk.path, "data"))).toContain("Make room on its disk");
    disk.makeRoom();
    disk.setReadOnly(true);
    expect(refusal(join(disk.path, "data"))).toContain("Mount its disk for writing");
    disk.setReadOnly(false);
    const store = openDataDirectory(loadConfig({ environment: {}, flags: { data_dir: join(disk.path, "data") } }));
    await store[Symbol.asyncDispose]();
  },
);
