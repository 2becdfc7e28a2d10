import { Command } from "commander";
import { writeArchive } from "../backup/backup.ts";
import { asRefusal } from "../backup/error.ts";
import { openDataDirectory } from "../data-directory.ts";
import { toTextStream } from "../lib/byte-stream.ts";
import { print, printError } from "../lib/log.ts";
import { localCaller } from "../protocol/caller.ts";
import { exportLines } from "../portable/export.ts";
import { type Counts, type Kind, kinds } from "../portable/format.ts";
import { openOwned } from "../store/owned.ts";
import { version } from "../version.ts";
import { withExamples } from "./examples.ts";
import { printJson } from "./json.ts";
import { assertWritable } from "./output-file.ts";
import { readConfig, withSettings } from "./settings.ts";

interface ExportOptions extends Readonly<Record<string, unknown>> {
  readonly owner: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function exportCommand(): Command {
  const command = new Command("export")
    .description("write what a person has into a file of JSON lines, to take along")
    .argument("[file]", "where to; - is standard output. Without it parley-export.jsonl, here")
    .option("--owner <name>", "whose: the owner of an access key", localCaller.owner)
    .option("--force", "write over a file that is there")
    .option("--json", "print what it holds as JSON; on standard error where it goes to standard output itself");
  withKinds(command)
    .addHelpText(
      "after",
      "\nThe first line says what it is, the last how much it holds; each of the others is a chat, a memory, a shared chat\n" +
        "or a row of usage. Files in buckets and media are in `parley backup`.",
    )
    .action(async (file = "parley-export.jsonl", options: ExportOptions) => {
      const config = readConfig(options);
      assertWritable(file, options.force);
      await using store = openDataDirectory(config);
      using owned = openOwned(config.data_dir, options.owner);
      let counts: Counts | undefined;
      const { chats, shareBlobs } = store;
      const { owner } = options;
      const all = { owned, chats, shareBlobs, owner, kinds: kindsOf(options), version, now: Date.now() };
      const stream = toTextStream(
        (async function* () {
          counts = yield* exportLines(all);
        })(),
      );
      const written = file === "-" ? Bun.write(Bun.stdout, new Response(stream)) : writeArchive(stream, file);
      await written.catch((thrown: unknown) => {
        throw asRefusal(thrown);
      });
      const tell = file === "-" ? printError : print;
      if (options.json) return printJson({ file, owner, counts }, tell);
      tell(`${toSentence(counts)}\n`);
      // A name that was mistyped is no failure that can be known.
      if (kinds.every((kind) => !counts?.[kind]))
        printError(
          `parley: nothing of this is ${options.owner}'s: parley keys list names the owners, and without keys all is local's\n`,
        );
    });
  withExamples(
    command,
    {
      "parley export": "everything, where there are no access keys",
      "parley export ann.jsonl --owner ann --chats": "one owner's chats alone",
    },
    "Elsewhere: parley import <file>",
  );
  return withSettings(command);
}

/** A flag for each; without any, all are meant. */
export function withKinds(command: Command): Command {
  for (const kind of kinds) command.option(`--${kind}`, `${kind} alone, or with others that are named`);
  return command;
}

export function kindsOf(options: Readonly<Record<string, unknown>>): ReadonlySet<Kind> {
  const named = kinds.filter((kind) => options[kind] === true);
  return new Set(named.length > 0 ? named : kinds);
}

export function toSentence(counts: Counts | undefined): string {
  return kinds.map((kind) => `${counts?.[kind] ?? 0} ${kind}`).join(", ");
}
