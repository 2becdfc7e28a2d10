import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../config/error.ts";
import type { Config } from "../../config/load.ts";
import { printProgress } from "../../lib/log.ts";
import type { Services } from "../../services.ts";
import { checkBlobs } from "../../store/blob-check.ts";
import { databaseName, remadeNames, runsName } from "../../store/layout.ts";
import { openPresence } from "../../store/presence.ts";
import { repairDirectory } from "../../store/repair.ts";
import { findDamage } from "../../store/snapshot.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, warn, fail } = findingsAbout("data");

const restoring = "parley restore <file> --force puts a backup in its place; without one see src/help/backup.md";

/** Whether the databases are what was written. With `isDeep` each page and index of them, and each file that they name. */
export async function checkIntegrity({ store, config }: Services, isDeep: boolean): Promise<Finding[]> {
  const path = join(config.data_dir, databaseName);
  if (isDeep) tell("looking through the database");
  const damage = isDeep ? findDamage(path) : await store.damage();
  const database =
    damage.length > 0
      ? fail("database", `it is damaged: ${damage[0]}`, `stop the server, then parley doctor --repair, or ${restoring}`)
      : ok("database", "whole");
  const files = isDeep && damage.length === 0 ? [await checkFiles(path, config.data_dir)] : [];
  tell("");
  return [database, ...checkOthers(config.data_dir, isDeep), ...files];
}

/** What can be done without: only what is wrong is told. */
function checkOthers(directory: string, isDeep: boolean): Finding[] {
  return [runsName, ...remadeNames].flatMap((name) => {
    const path = join(directory, name);
    const [found] = existsSync(path) ? findDamage(path, isDeep ? "whole" : "quick") : [];
    if (found === undefined) return [];
    const what = name === runsName ? "the answers of the last hour" : "what is made anew of the rest";
    return [warn(name, `it is damaged, and holds ${what}: ${found}`, "stop the server, then parley doctor --repair")];
  });
}

async function checkFiles(path: string, directory: string): Promise<Finding> {
  let count = 0;
  const faults = await checkBlobs(path, directory, (checked, total) => {
    count = total;
    tell(`looking at files: ${checked} of ${total}`);
  });
  const [first] = faults;
  if (!first) return ok("files", `${count} are what they were`);
  const found = `${faults.length} of ${count} are damaged: ${first.path}: ${first.fault}`;
  return fail(
    "files",
    found,
    "copy those from a backup (a tar), or delete what they belong to; nothing else is concerned",
  );
}

/** Mends what can be, and says what. @throws {ConfigError} while somebody else has the directory open */
export function repair({ data_dir: directory }: Config): Finding[] {
  if (!existsSync(directory)) return [];
  using presence = openPresence(directory);
  const others = presence.living().size - 1;
  if (others > 0)
    throw new ConfigError(
      `${directory} is served by ${others} server${others === 1 ? "" : "s"}: stop all of them first, then repair it`,
    );
  const repairs = repairDirectory(directory);
  if (repairs.length === 0) return [ok("repair", "there was nothing to repair")];
  return repairs.map(({ name, found, done }) =>
    done === undefined
      ? fail(`repair ${name}`, `it could not be mended: ${found}`, restoring)
      : ok(`repair ${name}`, `${done} (it was damaged: ${found})`),
  );
}

/** On one line, over what was told before. */
function tell(text: string): void {
  printProgress(text.padEnd(60));
  if (text === "") printProgress("");
}
