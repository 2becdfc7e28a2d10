import type { Argument, Command, Option } from "commander";

/** What may be typed at one place of the command line: after the program's name, or after the names of a command. */
export interface Place {
  /** `""`, `keys`, `keys create`. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly OptionWord[];
  /** What its argument may be; `undefined` where it takes none, or anything. */
  readonly argument: Values | undefined;
}

export interface Word {
  readonly word: string;
  readonly description: string;
}

export interface OptionWord {
  /** `--role`, and `-r` where it has one. */
  readonly words: readonly string[];
  readonly description: string;
  /** `none` for a flag, `any` for a value that nobody can propose. */
  readonly value: Values | "none" | "any";
  /** Whether it may stand without its value. */
  readonly isOptional: boolean;
}

export type Values = readonly string[] | "file" | "folder";

/** In a script: the words, or `@file`, `@folder`; nothing for anything. */
export function toList(values: Values | undefined): string {
  if (values === undefined) return "";
  return typeof values === "string" ? `@${values}` : values.join(" ");
}

/** The same of an option's value; a question mark before says that there may be none. `undefined` for a flag. */
export function toValueList({ value, isOptional }: OptionWord): string | undefined {
  if (value === "none") return undefined;
  return `${isOptional ? "?" : ""}${value === "any" ? "" : toList(value)}`;
}

/** Every place of a program, the outermost first. `proposals` are values of options beyond those that they are limited to. */
export function toPlaces(
  program: Command,
  proposals: Readonly<Record<string, readonly string[]>>,
  path: readonly string[] = [],
): Place[] {
  const help = program.createHelp();
  const inner = help.visibleCommands(program).filter((command) => command.name() !== "help");
  const [argument] = program.registeredArguments;
  const here: Place = {
    path: path.join(" "),
    commands: inner.map((command) => ({ word: command.name(), description: brief(command.description()) })),
    options: help.visibleOptions(program).map((option) => toOptionWord(option, proposals)),
    argument: argument && valuesOf(argument.argChoices, argument.name()),
  };
  return [here, ...inner.flatMap((command) => toPlaces(command, proposals, [...path, command.name()]))];
}

function toOptionWord(option: Option, proposals: Readonly<Record<string, readonly string[]>>): OptionWord {
  const { long = "", short = "", description, required, optional } = option;
  const [, valueName = ""] = /[<[]([^>\]]+)[>\]]/.exec(option.flags) ?? [];
  const values = proposals[long] ?? valuesOf(option.argChoices, valueName);
  return {
    words: [long, short].filter((word) => word !== ""),
    description: brief(description),
    value: required || optional ? (values ?? "any") : "none",
    isOptional: optional,
  };
}

function valuesOf(choices: Argument["argChoices"], name: string): Values | undefined {
  if (choices) return choices;
  if (name === "true|false") return ["true", "false"];
  if (name === "file" || name === "path") return "file";
  return name === "folder" ? "folder" : undefined;
}

/** The first thing that it says, of signs that shells read as themselves between `'`, but for that sign. */
function brief(description: string): string {
  const [first = ""] = description.split(/[;:(]|\. /);
  return first
    .replaceAll("`", "")
    .replaceAll(/[^\p{L}\p{N} ',./-]+/gu, " ")
    .trim();
}
