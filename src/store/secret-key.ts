import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hkdfSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import { codeOf } from "../lib/error-code.ts";
import { ApiError } from "../protocol/errors.ts";
import { secretKey } from "./layout.ts";
import { syncFolderNow } from "./sync.ts";
import type { Writer } from "./writer.ts";

/** What secrets are sealed with. */
export interface SecretKey {
  /** Says which key it is, and nothing else of it. */
  readonly id: Buffer;
  readonly bytes: Buffer;
}

/** How many bytes tell one key from another. */
export const keyIdBytes = 4;

export interface SecretKeys {
  /** The key for what is sealed now: the settings' own, else that of the data directory, which is made if it is missing. */
  current(): Promise<SecretKey>;
  /** Those that there are, for what was sealed at some time; a key that is set later leaves the file's in force. */
  known(): readonly SecretKey[];
}

/** The text of the settings and that of the file make keys in the same way: one can be put in the other's place. */
export function openSecretKeys(directory: string, given: string, writer: Writer): SecretKeys {
  const path = join(directory, secretKey);
  const set = given === "" ? undefined : toKey(given);
  /** Those that the file has held since we began, the latest first. */
  let kept: readonly SecretKey[] = [];
  let stamp: string | undefined;
  // Whoever puts back a key that was lost does so beside a server that may have made another one meanwhile: what that one
  // sealed on with would be on no disk.
  const find = (): SecretKey | undefined => {
    const now = stampOf(path);
    if (now !== stamp) {
      const read = now === undefined ? undefined : readKey(path);
      if (read) kept = [read, ...kept.filter(({ id }) => !id.equals(read.id))];
      stamp = now;
    }
    return kept[0];
  };

  return {
    // A transaction is the lock: of two servers that begin in one moment, the second finds what the first has made.
    current: async () => set ?? find() ?? writer.write(() => find() ?? makeKey(directory, path)),
    known() {
      find();
      return set ? [set, ...kept] : kept;
    },
  };
}

/** Another one for whatever else is there by now; `undefined` where nothing is. */
function stampOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && [found.ino, found.mtimeMs, found.ctimeMs, found.size].join();
}

function toKey(text: string): SecretKey {
  const derived = (purpose: string, bytes: number) => Buffer.from(hkdfSync("sha256", text, "", purpose, bytes));
  return { bytes: derived("parley secrets", 32), id: derived("parley secrets: which key", keyIdBytes) };
}

/** @throws {ApiError} `wrong_secret_key` where there is one that cannot be read: another must not take its place */
function readKey(path: string): SecretKey | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return text === "" ? undefined : toKey(text);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new ApiError("wrong_secret_key", "secret.key in the data directory cannot be read by this server", { cause });
  }
}

/** Nobody else may ever read it; and it is on disk before anything is sealed with it. */
function makeKey(directory: string, path: string): SecretKey {
  const text = randomBytes(32).toString("base64url");
  const temporary = join(directory, `.${Bun.randomUUIDv7()}.key.tmp`);
  try {
    writeFileSync(temporary, `${text}\n`, { flag: "wx", mode: 0o600, flush: true });
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
  syncFolderNow(directory);
  return toKey(text);
}
