import { type Command, Option } from "commander";
import type { TSchema } from "@sinclair/typebox";
import { type Config, type ConfigSources, loadConfig } from "../config/load.ts";
import { readEnvironment } from "../config/process.ts";
import {
  environmentName,
  flagName,
  isListOfObjects,
  type SettingName,
  Settings,
  settingNames,
} from "../config/settings.ts";

/** Every setting but lists of objects is a flag; a flag wins over everything else. */
const flagSettings = settingNames.filter((name) => !isListOfObjects(name));

/** What the help of every command shows; the other settings are flags of it all the same. */
const commonSettings: ReadonlySet<SettingName> = new Set(["data_dir", "log_level"]);

/** Makes every setting a flag of the command, after its own options. */
export function withSettings(command: Command): Command {
  const isServe = command.name() === "serve";
  command.option(
    "--config <path>",
    "the settings file (PARLEY_CONFIG); else parley.yaml here or in the user's configuration",
  );
  for (const setting of flagSettings) {
    const option = toOption(setting, Settings.properties[setting]);
    command.addOption(isServe || commonSettings.has(setting) ? option : option.hideHelp());
  }
  if (!isServe) command.addHelpText("after", "\nEvery flag of `parley serve --help` is one here too.");
  return command;
}

/** The settings that a command was called with. @throws {ConfigError} */
export function readConfig(options: Readonly<Record<string, unknown>>): Config {
  return loadConfig({ environment: readEnvironment(), flags: readFlags(options) });
}

/** The settings among a command's options, as they were typed. */
export function readFlags(options: Readonly<Record<string, unknown>>): ConfigSources["flags"] {
  const flags: Partial<Record<SettingName | "config", string>> = {};
  for (const name of [...flagSettings, "config" as const]) {
    const value = options[camelCase(name)];
    if (value !== undefined) flags[name] = String(value);
  }
  return flags;
}

/** The same for a command that is no server. @throws {ConfigError} */
export function readConfigOnce(options: Readonly<Record<string, unknown>>): Config {
  return toConfigOnce(readConfig(options));
}

/** With which nothing that waits goes to anybody: reading memories is a server's work, and may cost money; so are updates. */
export function toConfigOnce(config: Config): Config {
  return { ...config, memory_embeddings: "off", update_check: false };
}

function toOption(name: SettingName, schema: TSchema): Option {
  const shown: unknown = Array.isArray(schema.default) ? schema.default.join(",") : schema.default;
  const fallback = shown === "" || shown === undefined ? "" : `, default ${shown}`;
  const value =
    schema.type === "boolean" ? " [true|false]" : ` <${name === "data_dir" ? "folder" : valueName(schema)}>`;
  const option = new Option(`${flagName(name)}${value}`, `${schema.description} (${environmentName(name)}${fallback})`);
  option.helpGroup("Settings:");
  // For the help and for completion alone: what does not fit is refused where the variable and the file are too.
  const choices = choicesOf(schema);
  if (choices.length > 0) option.argChoices = choices;
  return option;
}

function choicesOf(schema: TSchema): string[] {
  return [schema.anyOf ?? []].flat().flatMap((each: TSchema) => (typeof each.const === "string" ? [each.const] : []));
}

function valueName(schema: TSchema): string {
  if (schema.type === "number") return "seconds";
  if (schema.type === "integer") return "number";
  return schema.type === "array" ? "list" : "value";
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
