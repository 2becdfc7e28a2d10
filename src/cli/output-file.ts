import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ConfigError } from "../config/error.ts";

/**
 * That a command may write a file of this name, or standard output, `-`: said before there is work that would be lost.
 *
 * @throws {ConfigError} where there is one already and `force` is not set, or no folder for it
 */
export function assertWritable(target: string, force: boolean | undefined): void {
  if (target === "-") return;
  const folder = dirname(resolve(target));
  if (!existsSync(folder)) throw new ConfigError(`there is no folder ${folder}: make it first, or name another file`);
  if (!existsSync(target)) return;
  if (statSync(target).isDirectory()) throw new ConfigError(`${target} is a folder: name a file in it`);
  if (!force) throw new ConfigError(`${target} is there already: --force writes over it`);
}
