import { mkdirSync } from "node:fs";
import { ConfigError } from "./config/error.ts";
import type { Config } from "./config/load.ts";
import { openStore, type Store } from "./store/index.ts";

/** @throws {ConfigError} that names the directory and what to do about it */
export function openDataDirectory({ data_dir: path, secret_key: secretKey, durability }: Config): Store {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return openStore(path, { secretKey, durability });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`the data directory ${path} cannot be used: ${why}. ${cureOf(why)}`);
  }
}

function cureOf(why: string): string {
  if (why.startsWith("runs.db is damaged")) return "Remove it: it holds nothing but the last hour's answers";
  if (why.includes("is damaged")) return "Put a backup in its place: parley restore <file> --force";
  return "Mend it, or take another with --data-dir";
}
