import { Database } from "bun:sqlite";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { marks } from "./layout.ts";

/** A server's mark in the data directory: it stands there as long as the process lives, however that ends. */
export interface Presence extends Disposable {
  readonly id: number;
  /** Whether a process that had left its mark was gone when this one came: it was killed, or the machine stopped. */
  readonly followsCrash: boolean;
  /** The servers that live, this one included; the marks of others are removed. */
  living(): Set<number>;
}

const ending = ".lock";

/** The mark is a file that the system holds locked for the process: SQLite does the same on every system. */
export function openPresence(directory: string): Presence {
  const folder = join(directory, marks);
  const pathOf = (id: number) => join(folder, id + ending);
  mkdirSync(folder, { recursive: true });
  const [id = 0] = crypto.getRandomValues(new Uint32Array(1));
  // Locked before it has its name, so that no other server takes it for one whose process is gone.
  const lock = takeLock(`${pathOf(id)}.new`);
  if (!lock) throw new Error("a lock of a new file is held by somebody else");
  renameSync(`${pathOf(id)}.new`, pathOf(id));
  const listed = () => {
    const names = readdirSync(folder).filter((name) => name.endsWith(ending));
    return names.map((name) => Number(name.slice(0, -ending.length)));
  };
  const living = () => new Set(listed().filter((other) => other === id || isAlive(pathOf(other))));

  return {
    id,
    followsCrash: listed().length > living().size,
    living,
    [Symbol.dispose]() {
      lock.close();
      try {
        rmSync(pathOf(id), { force: true });
      } catch {
        // The disk may take nothing any more. It is nobody's lock now: whoever comes next removes it.
      }
    },
  };
}

function isAlive(path: string): boolean {
  const lock = takeLock(path);
  if (!lock && !isNoDatabase(path)) return true;
  lock?.close();
  rmSync(path, { force: true });
  return false;
}

/** A mark is empty: what the disk has made something else of was nobody's lock since. */
function isNoDatabase(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** `undefined` when another process holds it, and does not give it back within `waitMs`. */
export function takeLock(path: string, waitMs = 0): Database | undefined {
  const database = new Database(path, { create: true });
  try {
    database.run(`PRAGMA busy_timeout = ${waitMs}`);
    // Nothing is ever written: a file for a journal would only lie about.
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
    return database;
  } catch {
    database.close();
    return undefined;
  }
}
