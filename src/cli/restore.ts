import { createReadStream, existsSync } from "node:fs";
import { Command } from "commander";
import { asRefusal } from "../backup/error.ts";
import { restoreBackup } from "../backup/restore.ts";
import { ConfigError } from "../config/error.ts";
import { print } from "../lib/log.ts";
import { summaryOf, toBackupSummary } from "./backup-summary.ts";
import { withExamples } from "./examples.ts";
import { printJson } from "./json.ts";
import { readConfig, withSettings } from "./settings.ts";

export function restoreCommand(): Command {
  const command = new Command("restore")
    .description("put a backup into the data directory, whole or not at all")
    .argument("<file>", "what `parley backup` wrote; - is standard input")
    .option("--json", "print what it held as JSON")
    .option("--force", "where there is something already: put it aside")
    .action(async (file: string, options: { force?: boolean; json?: boolean } & Record<string, unknown>) => {
      const { data_dir: directory } = readConfig(options);
      if (file !== "-" && !existsSync(file)) throw new ConfigError(`there is no file ${file}`);
      const archive = file === "-" ? Bun.stdin.stream() : createReadStream(file, { highWaterMark: 1024 * 1024 });
      const { manifest, aside } = await restoreBackup({ archive, directory, force: options.force ?? false }).catch(
        (thrown: unknown) => {
          throw asRefusal(thrown);
        },
      );
      if (options.json) return printJson({ directory, aside: aside ?? null, ...toBackupSummary(manifest) });
      print(`${summaryOf(manifest)}\nIt is in ${directory}, and serves from the next start.\n`);
      if (aside !== undefined) print(`What was there is in ${aside}: remove it when you need it no more.\n`);
    });
  withExamples(
    command,
    {
      "parley restore parley.tar": "into an empty data directory",
      "parley restore parley.tar --force": "what is there already is put aside",
      "gpg -d parley.gpg | parley restore -": "from standard input",
    },
    "No server may run on it meanwhile. Then: parley doctor, and parley serve",
  );
  return withSettings(command);
}
