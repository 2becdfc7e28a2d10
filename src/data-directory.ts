import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "./config/error.ts";
import type { Config } from "./config/load.ts";
import { codeOf } from "./lib/error-code.ts";
import type { Log } from "./lib/log.ts";
import { cutTo } from "./lib/text.ts";
import { diskCodes } from "./protocol/disk-failure.ts";
import { openStore, type Store } from "./store/index.ts";
import { databaseName, marks } from "./store/layout.ts";

/** @throws {ConfigError} that names the directory and what to do about it */
export function openDataDirectory({ data_dir: path, secret_key: secretKey, durability }: Config): Store {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return openStore(path, { secretKey, durability });
  } catch (cause) {
    throw new ConfigError(`the data directory ${cutTo(path, maxShown)} cannot be used: ${whyOf(cause, path)}`);
  }
}

/** What became of it, for the log: as it is opened, and whenever its disk takes no more. */
export function tellOfStore({ aside, disk }: Store, log: Log): void {
  if (aside !== undefined)
    log.error("runs.db was damaged, and is begun anew: the last hour's answers cannot be joined any more", { aside });
  disk.onFailure(({ message, code }) => log.error(message, { code }));
  disk.onRoom(() => log.info("what is to be kept can be written again"));
}

/** SQLite takes no longer path of a file (https://www.sqlite.org/limits.html does not say so; its VFS for Unix does). */
const maxPathBytes = 480;

/** Of a path, or of what the system says of it, in characters. */
const maxShown = 300;

/** By what the system or SQLite calls it. */
const cures: readonly (readonly [RegExp, string])[] = [
  [diskCodes.full, "Make room on its disk, or take another with --data-dir"],
  [diskCodes.readOnly, "Mount its disk for writing, or take another with --data-dir"],
  [/^(EACCES|EPERM)/, "Give it to the user who runs Parley, chown -R, or take another with --data-dir"],
  [
    /^(EEXIST|ENOTDIR|EISDIR)/,
    "Move away what has the name of one of its files or folders, or take another with --data-dir",
  ],
  [diskCodes.damaged, "Put a backup in its place: parley restore <file> --force; or see parley doctor --help"],
];

function whyOf(cause: unknown, path: string): string {
  if (Buffer.byteLength(path) > maxPathBytes || codeOf(cause) === "ENAMETOOLONG")
    return "its path is too long. Take a shorter one with --data-dir";
  const why = cutTo(cause instanceof Error ? cause.message : String(cause), maxShown);
  const code = codeOf(cause);
  const known = code.startsWith("SQLITE_CANTOPEN") ? unopenedCode(path) : code;
  const [, cure = "Mend it, or take another with --data-dir"] = cures.find(([pattern]) => pattern.test(known)) ?? [];
  return `${why}. ${cure}`;
}

/** SQLite does not say why it cannot open a file; the system does. */
function unopenedCode(path: string): string {
  for (const each of [path, join(path, marks), join(path, databaseName)]) {
    try {
      accessSync(each, constants.W_OK);
      if (each.endsWith(".db") && statSync(each).isDirectory()) return "EISDIR";
    } catch (thrown) {
      if (codeOf(thrown) !== "ENOENT") return codeOf(thrown);
    }
  }
  return "";
}
