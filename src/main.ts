import { Command } from "commander";
import { BackupError } from "./backup/error.ts";
import { askCommand } from "./cli/ask.ts";
import { backupCommand } from "./cli/backup.ts";
import { chatCommand } from "./cli/chat.ts";
import { configCommand } from "./cli/config.ts";
import { converterCommand } from "./cli/converter.ts";
import { doctorCommand } from "./cli/doctor.ts";
import { exportCommand } from "./cli/export.ts";
import { importCommand } from "./cli/import.ts";
import { keysCommand } from "./cli/keys.ts";
import { modelsCommand } from "./cli/models.ts";
import { providersCommand } from "./cli/providers.ts";
import { restoreCommand } from "./cli/restore.ts";
import { routeCommand } from "./cli/route.ts";
import { serveCommand } from "./cli/serve.ts";
import { usageCommand } from "./cli/usage.ts";
import { ConfigError } from "./config/error.ts";
import { readArguments } from "./config/process.ts";
import { onOutputClosed, printError } from "./lib/log.ts";
import { ApiError } from "./protocol/errors.ts";
import { version } from "./version.ts";

const program = new Command("parley")
  .description("Your own AI back end: any model, one typed stream of events.")
  .version(version)
  .showHelpAfterError("(parley --help shows the commands)")
  .addCommand(serveCommand())
  .addCommand(chatCommand())
  .addCommand(askCommand())
  .addCommand(modelsCommand())
  .addCommand(providersCommand())
  .addCommand(routeCommand())
  .addCommand(keysCommand())
  .addCommand(usageCommand())
  .addCommand(doctorCommand())
  .addCommand(backupCommand())
  .addCommand(restoreCommand())
  .addCommand(exportCommand())
  .addCommand(importCommand())
  .addCommand(configCommand())
  .addCommand(converterCommand(), { hidden: true })
  .addHelpText(
    "after",
    `
Examples:
  parley                              start the server at http://127.0.0.1:7337
  parley chat "What can you do?"      ask in the terminal, without a server
  parley ask "…" --web > answer.md    the answer alone, from pages of the web
  OPENAI_API_KEY=… parley             answer with OpenAI's models
  parley serve --port 8000            another port; every setting is a flag

Exit codes: 0 done, 1 failed, 2 wrong use or settings, 130 interrupted.`,
  );

onOutputClosed(() => {});
for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
  command.exitOverride(({ exitCode }) => process.exit(exitCode && 2));

// Without a command the server is meant, flags and all.
const args = readArguments();
const [first = "-"] = args;
const isServe = first.startsWith("-") && !["-h", "--help", "-V", "--version"].includes(first);

try {
  await program.parseAsync(isServe ? ["serve", ...args] : args, { from: "user" });
} catch (thrown) {
  const isKnown = [ConfigError, ApiError, BackupError].some((known) => thrown instanceof known);
  printError(`parley: ${thrown instanceof Error ? (isKnown ? thrown.message : thrown.stack) : String(thrown)}\n`);
  process.exitCode = thrown instanceof ConfigError ? 2 : 1;
}
