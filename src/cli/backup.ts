import { Command } from "commander";
import { makeBackup, writeArchive } from "../backup/backup.ts";
import { asRefusal } from "../backup/error.ts";
import { print, printError, printProgress } from "../lib/log.ts";
import { version } from "../version.ts";
import { summaryOf, toBackupSummary } from "./backup-summary.ts";
import { withExamples } from "./examples.ts";
import { printJson } from "./json.ts";
import { assertWritable } from "./output-file.ts";
import { readConfig, withSettings } from "./settings.ts";

export function backupCommand(): Command {
  const command = new Command("backup")
    .description("write everything that is kept into one file; servers may go on meanwhile")
    .argument("[file]", "where to; - is standard output. Without it parley-<time>.tar, here")
    .option("--force", "write over a file that is there")
    .option("--json", "print what it holds as JSON; on standard error where the backup itself goes to standard output")
    .addHelpText(
      "after",
      "\nIt holds the database, the files of media, buckets and shared chats, and the key that cookies and keys of\n" +
        "providers are encrypted with: keep it as you keep a password. Running answers, thumbnails and indices are made\n" +
        "anew. Restore it with `parley restore <file>`.",
    )
    .action(
      async (named: string | undefined, options: { force?: boolean; json?: boolean } & Record<string, unknown>) => {
        const { data_dir: directory } = readConfig(options);
        const target = named ?? `parley-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.tar`;
        assertWritable(target, options.force);
        const interrupt = new AbortController();
        process.once("SIGINT", () => interrupt.abort());
        try {
          const manifest = await makeBackup({
            directory,
            version,
            signal: interrupt.signal,
            write: async (archive) =>
              target === "-"
                ? void (await Bun.write(Bun.stdout, new Response(archive)))
                : writeArchive(archive, target),
            onProgress: createProgress(),
          });
          const tell = target === "-" ? printError : print;
          if (options.json) return printJson({ file: target, ...toBackupSummary(manifest) }, tell);
          tell(`${summaryOf(manifest)}\n`);
          if (target !== "-") print(`Kept in ${target}; parley restore ${target} brings it back.\n`);
        } catch (thrown) {
          if (!interrupt.signal.aborted) throw asRefusal(thrown);
          process.exitCode = 130;
        }
      },
    );
  withExamples(
    command,
    {
      "parley backup": "parley-<time>.tar, in this folder",
      "parley backup nightly.tar --force": "over the one of yesterday",
      "parley backup - | gpg -e -r me > parley.gpg": "encrypted, on its way",
    },
    "Try what you keep: parley restore <file> --data-dir <another folder>",
  );
  return withSettings(command);
}

/** A line that is written over, at each hundredth. */
function createProgress(): (doneBytes: number, allBytes: number) => void {
  let shown = -1;
  return (doneBytes, allBytes) => {
    const percent = Math.floor((doneBytes * 100) / Math.max(1, allBytes));
    if (percent === shown) return;
    shown = percent;
    printProgress(`${percent} %${percent === 100 ? "\n" : ""}`);
  };
}
