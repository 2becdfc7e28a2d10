import type { Command } from "commander";

/** Ends the help of a command with examples, each with what it does, and with what a person does next. */
export function withExamples(command: Command, examples: Readonly<Record<string, string>>, next?: string): Command {
  const width = Math.max(...Object.keys(examples).map(({ length }) => length));
  const lines = Object.entries(examples).map(([line, does]) => `  ${line.padEnd(width)}  ${does}`.trimEnd());
  const heading = lines.length === 1 ? "Example:" : "Examples:";
  return command.addHelpText("after", ["", heading, ...lines, ...(next === undefined ? [] : ["", next])].join("\n"));
}
