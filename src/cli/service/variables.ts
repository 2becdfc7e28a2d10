import { existsSync } from "node:fs";
import type { Environment } from "../../config/file.ts";
import { readText } from "../../config/load.ts";
import { adapters } from "../../providers/registry.ts";

/** What systemd reads of a file of variables, but for the rarest of its quoting. */
export function readVariables(file: string | undefined): Environment {
  if (file === undefined || !existsSync(file)) return {};
  const lines = readText(file).split("\n");
  const pairs = lines.flatMap((line) => {
    const [, name, value = ""] = /^\s*(\w+)=(.*?)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, "$2")]];
  });
  return Object.fromEntries(pairs);
}

/** What goes into the service by itself, or tells nothing to a server. */
const carried = new Set(["PARLEY_CONFIG", "PARLEY_DATA_DIR", "PARLEY_URL"]);

/** The variables of a shell that a server reads: their names alone, since most are keys. */
export function namedHere(environment: Environment): string[] {
  const known = new Set(adapters.flatMap(({ keyNames, addressNames }) => [...keyNames, ...addressNames]));
  return Object.keys(environment).filter(
    (name) => environment[name] && !carried.has(name) && (name.startsWith("PARLEY_") || known.has(name)),
  );
}
