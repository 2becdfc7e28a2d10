import { Database } from "bun:sqlite";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A server's mark in the data directory: it stands there as long as the process lives, however that ends. */
export interface Presence extends Disposable {
  readonly id: number;
  /** The servers that live, this one included; the marks of others are removed. */
  living(): Set<number>;
}

const ending = ".lock";

/** The mark is a file that the system holds locked for the process: SQLite does the same on every system. */
export function openPresence(directory: string): Presence {
  const folder = join(directory, "servers");
  const pathOf = (id: number) => join(folder, id + ending);
  mkdirSync(folder, { recursive: true });
  const [id = 0] = crypto.getRandomValues(new Uint32Array(1));
  // Locked before it has its name, so that no other server takes it for one whose process is gone.
  const lock = takeLock(`${pathOf(id)}.new`);
  if (!lock) throw new Error("a lock of a new file is held by somebody else");
  renameSync(`${pathOf(id)}.new`, pathOf(id));

  return {
    id,
    living() {
      const names = readdirSync(folder).filter((name) => name.endsWith(ending));
      const ids = names.map((name) => Number(name.slice(0, -ending.length)));
      return new Set(ids.filter((other) => other === id || isAlive(pathOf(other))));
    },
    [Symbol.dispose]() {
      lock.close();
      rmSync(pathOf(id), { force: true });
    },
  };
}

function isAlive(path: string): boolean {
  const lock = takeLock(path);
  if (!lock) return true;
  lock.close();
  rmSync(path, { force: true });
  return false;
}

/** `undefined` when another process holds it. */
function takeLock(path: string): Database | undefined {
  const database = new Database(path, { create: true });
  try {
    // Nothing is ever written: a file for a journal would only lie about.
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
    return database;
  } catch {
    database.close();
    return undefined;
  }
}
