import { Command } from "commander";
import { BackupError } from "./backup/error.ts";
import { ConfigError } from "./config/error.ts";
import { isServerMeant, readArguments } from "./config/process.ts";
import { forgiveUnreadLog, onOutputClosed, printError } from "./lib/log.ts";
import { ApiError, toApiError } from "./protocol/errors.ts";
import { versionText } from "./version.ts";

/** Every command, in the order of the help. What a command brings along is read when it is called: most need little. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./cli/serve.ts")).serveCommand(),
  mcp: async () => (await import("./cli/mcp.ts")).mcpCommand(),
  chat: async () => (await import("./cli/chat.ts")).chatCommand(),
  ask: async () => (await import("./cli/ask.ts")).askCommand(),
  models: async () => (await import("./cli/models.ts")).modelsCommand(),
  providers: async () => (await import("./cli/providers.ts")).providersCommand(),
  route: async () => (await import("./cli/route.ts")).routeCommand(),
  keys: async () => (await import("./cli/keys.ts")).keysCommand(),
  usage: async () => (await import("./cli/usage.ts")).usageCommand(),
  doctor: async () => (await import("./cli/doctor.ts")).doctorCommand(),
  health: async () => (await import("./cli/health.ts")).healthCommand(),
  service: async () => (await import("./cli/service.ts")).serviceCommand(),
  upgrade: async () => (await import("./cli/upgrade.ts")).upgradeCommand(),
  backup: async () => (await import("./cli/backup.ts")).backupCommand(),
  restore: async () => (await import("./cli/restore.ts")).restoreCommand(),
  export: async () => (await import("./cli/export.ts")).exportCommand(),
  import: async () => (await import("./cli/import.ts")).importCommand(),
  config: async () => (await import("./cli/config.ts")).configCommand(),
  env: async () => (await import("./cli/env.ts")).envCommand(),
  completion: async () => (await import("./cli/completion.ts")).completionCommand(readProgram),
};
/** Not for people. */
const hidden: typeof commands = {
  converter: async () => (await import("./cli/converter.ts")).converterCommand(),
};

/** The help names them in these. */
const groups: Readonly<Record<string, readonly string[]>> = {
  "Run it:": ["serve", "mcp", "doctor", "health", "service", "upgrade"],
  "Ask:": ["chat", "ask", "models", "providers", "route"],
  "For others:": ["keys", "usage"],
  "What is kept:": ["backup", "restore", "export", "import"],
  "Set it up:": ["config", "env", "completion"],
};

const program = new Command("parley")
  .description("Your own AI back end: any model, one typed stream of events.")
  .version(versionText)
  .showHelpAfterError("(parley --help shows the commands)")
  .addHelpText(
    "after",
    `
Examples:
  parley                              start the server at http://127.0.0.1:7337
  parley chat "What can you do?"      ask in the terminal, without a server
  parley ask "…" --web > answer.md    the answer alone, from pages of the web
  OPENAI_API_KEY=… parley             answer with OpenAI's models
  parley serve --port 8000            another port; every setting is a flag

Exit codes: 0 done, 1 failed, 2 wrong use or settings, 130 interrupted;
of upgrade --check alone: 3 there is a newer version.
No colours with NO_COLOR. What scripts read is printed with --json.`,
  );

const all = { ...commands, ...hidden };
const args = asOption(readArguments());
const [first = ""] = args;
const name = isServerMeant(args) ? "serve" : first;
let isUnwritten = false;

onOutputClosed(failUnwritten);
forgiveUnreadLog();
for (const each of neededFor(name)) await add(each);
for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
  command.exitOverride(({ exitCode }) => process.exit(exitCode && 2));

/** `help keys create` is `keys create --help`, at any depth. */
function asOption(typed: readonly string[]): readonly string[] {
  const [verb, ...rest] = typed;
  return verb === "help" && Object.hasOwn(all, rest[0] ?? "") ? [...rest, "--help"] : typed;
}

/** The help, and what corrects a wrong name, wants all of them. */
function neededFor(wanted: string): readonly string[] {
  if (["-V", "--version"].includes(wanted)) return [];
  return Object.hasOwn(all, wanted) ? [wanted] : Object.keys(commands);
}

/**
 * Whatever else comes of a command: what it prints is not where it should be. That nobody reads any more is no failure, nor
 * is it one of a server, whom others ask.
 */
function failUnwritten(code = "unknown"): void {
  if (code === "EPIPE" || name === "serve" || isUnwritten) return;
  isUnwritten = true;
  printError(`parley: what it prints could not be written (${code})\n`);
  process.once("exit", () => void (process.exitCode = 1));
}

/** The program with all its commands. */
async function readProgram(): Promise<Command> {
  for (const each of Object.keys(commands))
    if (program.commands.every((known) => known.name() !== each)) await add(each);
  return program;
}

async function add(each: string): Promise<void> {
  const command = await all[each]?.();
  const [group] = Object.entries(groups).find(([, names]) => names.includes(each)) ?? [];
  const isGroup = command !== undefined && command.commands.length > 0;
  if (isGroup) command.addHelpText("after", `\nExamples of each: parley ${each} <command> --help`);
  if (command) program.addCommand(group === undefined ? command : command.helpGroup(group));
}

try {
  await program.parseAsync(first === name ? args : [name, ...args], { from: "user" });
} catch (thrown) {
  const isKnown = [ConfigError, ApiError, BackupError].some((known) => thrown instanceof known);
  const { reason, message } = toApiError(thrown);
  const isOfDisk = reason === "storage_damaged" || reason === "storage_unavailable";
  const { message: own, stack } = thrown instanceof Error ? thrown : { message: String(thrown), stack: undefined };
  const told = isOfDisk ? message : isKnown ? own : (stack ?? own);
  printError(`parley: ${told}\n`);
  const isMisused =
    thrown instanceof ConfigError || (thrown instanceof ApiError && thrown.reason === "invalid_request");
  process.exitCode = isMisused ? 2 : 1;
}
