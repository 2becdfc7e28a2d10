import { ConfigError } from "../../config/error.ts";
import { print } from "../../lib/log.ts";
import { suggestion } from "../../lib/nearest.ts";
import { attachCommand } from "./commands/attach.ts";
import { chatsCommand, newCommand, openCommand, retryCommand, saveCommand } from "./commands/chats.ts";
import { modelCommand, providerCommand, systemCommand, webCommand } from "./commands/choice.ts";
import type { Session, SlashCommand } from "./session.ts";

const helpCommand: SlashCommand = {
  name: "help",
  sentence: "shows this",
  act: () => print(helpText()),
};

const usageCommand: SlashCommand = {
  name: "usage",
  sentence: "what the answers of this session came to",
  act: (_, { conversation }) => print(`${conversation.spent.toText()}\n`),
};

const quitCommand: SlashCommand = {
  name: "quit",
  sentence: "leaves, as Ctrl-D does",
  act(_, session) {
    session.isOver = true;
  },
};

/** In the order of the help. To add one: write it beside those of its kind, and list it here. */
const commands: readonly SlashCommand[] = [
  modelCommand,
  providerCommand,
  systemCommand,
  attachCommand,
  webCommand,
  retryCommand,
  newCommand,
  chatsCommand,
  openCommand,
  saveCommand,
  usageCommand,
  helpCommand,
  quitCommand,
];

/**
 * The command that a line is, if it is one: `/etc/hosts is what?` is none.
 *
 * @throws {ConfigError} for one that there is not
 */
export function findCommand(line: string): { readonly command: SlashCommand; readonly argument: string } | undefined {
  const [, name, argument = ""] = /^\/(\w*)(?:\s+(.*))?$/.exec(line) ?? [];
  if (name === undefined) return undefined;
  const command = commands.find((each) => each.name === name);
  if (command) return { command, argument: argument.trim() };
  const near = suggestion(
    name,
    commands.map((each) => each.name),
  ).replace("did you mean ", "did you mean /");
  throw new ConfigError(`there is no command /${name}${near || "; /help shows them"}`);
}

/** What Tab makes of a line: the name of a command, or what its last word stands for. */
export async function completeTyped(line: string, session: Session): Promise<[string[], string]> {
  const [, name = "", rest] = /^\/(\w*)(?:\s+(.*))?$/.exec(line) ?? [];
  if (!line.startsWith("/")) return [[], line];
  const argument = rest ?? (/\s$/.test(line) ? "" : undefined);
  if (argument === undefined) {
    const names = commands.map((each) => `/${each.name}${each.argument === undefined ? "" : " "}`);
    return [names.filter((each) => each.startsWith(line)), line];
  }
  const command = commands.find((each) => each.name === name);
  const hits = (await command?.complete?.(argument, session)) ?? [];
  const folded = argument.toLowerCase();
  return [hits.filter((each) => each.toLowerCase().startsWith(folded)), argument];
}

function helpText(): string {
  const calls = commands.map(({ name, argument = "" }) => `/${name} ${argument}`);
  const width = Math.max(...calls.map((call) => call.length));
  const lines = commands.map(({ sentence }, index) => `${calls[index]?.padEnd(width)}  ${sentence}\n`);
  return `${lines.join("")}
A line that ends in \\ goes on with the next; """ begins and ends a message of several lines. Tab completes commands,
models and files. Ctrl-C ends an answer.
`;
}
