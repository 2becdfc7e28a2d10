import { existsSync } from "node:fs";
import { Command } from "commander";
import { ConfigError } from "../config/error.ts";
import { print, printError } from "../lib/log.ts";
import { localCaller } from "../protocol/caller.ts";
import { importLines, isPortable } from "../portable/import.ts";
import { openServices } from "../services.ts";
import { withExamples } from "./examples.ts";
import { kindsOf, toSentence, withKinds } from "./export.ts";
import { printJson } from "./json.ts";
import { readConfigOnce, withSettings } from "./settings.ts";

interface ImportOptions extends Readonly<Record<string, unknown>> {
  readonly owner: string;
  readonly json?: boolean;
}

export function importCommand(): Command {
  const command = new Command("import")
    .description("take in what `parley export` wrote, or chats from ChatGPT's export or a web interface")
    .argument("<file>", "JSON lines of `parley export`; JSON of chats; or the zip that ChatGPT exports")
    .option("--owner <name>", "whose it becomes: the owner of an access key", localCaller.owner)
    .option("--json", "print what was taken in as JSON");
  withKinds(command)
    .addHelpText("after", "\nWhat is there already stays, so the same file may be imported again.")
    .action(async (file: string, options: ImportOptions) => {
      if (!existsSync(file)) throw new ConfigError(`there is no file ${file}`);
      const config = readConfigOnce({ logLevel: "warn", ...options });
      await using services = openServices(config);
      const { store, shares, chatImporter } = services;
      const { owner } = options;
      const interrupt = new AbortController();
      process.once("SIGINT", () => interrupt.abort());
      if (!(await isPortable(file))) {
        const told = await chatImporter.run(file, owner, interrupt.signal);
        if (options.json) return printJson(told);
        print(
          `${told.added} chats are new, ${told.extended} have grown, ${told.unchanged} were here; ${told.messages} messages\n`,
        );
        for (const { chat, reason } of told.skipped) printError(`parley: ${chat}: ${reason}\n`);
        return;
      }
      const { counts, skipped, isWhole } = await importLines(file, {
        store,
        shares,
        chatImporter,
        owner,
        kinds: kindsOf(options),
        maxMemoryBytes: config.max_memories,
        now: Date.now(),
        signal: interrupt.signal,
      });
      if (!isWhole || skipped.length > 0) process.exitCode = 1;
      if (options.json) return printJson({ counts, skipped, is_whole: isWhole });
      print(`${toSentence(counts)} were read; what was here already stays as it is\n`);
      for (const reason of skipped) printError(`parley: ${reason}\n`);
      if (!isWhole) printError("parley: the file ends too early: what it holds was taken\n");
    });
  withExamples(
    command,
    {
      "parley import ann.jsonl --owner ann": "what parley export wrote",
      "parley import chatgpt.zip": "the chats of ChatGPT's export",
    },
    "They are in the page, and at GET /backend-api/v2/chats.",
  );
  return withSettings(command);
}
