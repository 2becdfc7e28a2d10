import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { typedName } from "../../store/layout.ts";

/** What was typed in this and earlier conversations. */
export interface TypedHistory {
  /** The newest first. */
  readonly lines: readonly string[];
  add(line: string): void;
}

/** Of lines that are kept; arbitrary. */
export const maxTyped = 1000;

/** Sessions that go on at once all add to the file, a line at a time. What cannot be written is not kept: no question fails by it. */
export function openTypedHistory(dataDirectory: string): TypedHistory {
  const path = join(dataDirectory, typedName);
  const all = read(path);
  const kept = all.slice(-maxTyped);
  if (kept.length < all.length) {
    const fresh = `${path}.${process.pid}`;
    attempt(() => writeFileSync(fresh, kept.map(toLine).join(""), { mode: 0o600 }));
    attempt(() => renameSync(fresh, path));
  }
  return {
    lines: kept.toReversed(),
    add: (line) => attempt(() => appendFileSync(path, toLine(line), { mode: 0o600 })),
  };
}

export const noHistory: TypedHistory = { lines: [], add() {} };

function read(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

function toLine(line: string): string {
  return `${line}\n`;
}

function attempt(write: () => void): void {
  try {
    write();
  } catch {
    // A disk that is full, or may not be written to, is told of by what cannot do without.
  }
}
