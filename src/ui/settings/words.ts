import type { SettingInfo } from "../../protocol/settings.ts";
import { toSize } from "../parts/amounts.ts";
import { hasWords } from "../parts/has-words.ts";

/** A setting's value, for people. Of a secret whether there is one, and nothing more. */
export function toShown({ value, is_set, description }: SettingInfo): string {
  if (is_set !== null) return is_set ? "set" : "not set";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return `${value}${toBytes(value, description)}`;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(toEntryName).join(", ");
  return value === "" ? "empty" : String(value);
}

/** Where a value comes from, in a few words. */
export function toSource({ source, origin, line }: SettingInfo): string {
  if (source === "default") return "default";
  if (source === "file") return line === null ? origin : `${origin}, line ${line}`;
  return origin;
}

/** What somebody has to know who wants another value. */
export function tellPrecedence({ source, origin, flag }: SettingInfo): string {
  if (flag === null)
    return "Only the settings file can hold it, for it is a list. `parley config schema` says what of.";
  if (source === "flag")
    return `\`${origin}\` was given when the server was started. It wins over a variable and over the file.`;
  if (source === "environment")
    return `\`${origin}\` is set where the server runs. It wins over the file; a flag would win over it.`;
  return "A flag wins over a variable, and a variable over the file.";
}

export interface Way {
  readonly where: string;
  readonly code: string;
}

/** The ways to change a setting, each with what is to be written. */
export function toWays(setting: SettingInfo): Way[] {
  const { name, variables, flag, is_set } = setting;
  if (flag === null) return [{ where: "In parley.yaml", code: `${name}:` }];
  const [variable = ""] = variables;
  if (is_set !== null)
    return [
      ...variables.map((each) => ({ where: "Variable", code: each })),
      { where: "Variable that names a file with it", code: `${variable}_FILE` },
    ];
  const typed = toTyped(setting.value);
  return [
    { where: "In parley.yaml", code: `${name}: ${toYaml(setting.value)}` },
    { where: "Variable", code: `${variable}=${typed}` },
    { where: "Flag", code: `${flag} ${typed}` },
  ];
}

export type Shown = "all" | "changed";

/** Those that somebody has set come first, then all others, in the order of the documentation. */
export function toFound(settings: readonly SettingInfo[], shown: Shown, search: string): SettingInfo[] {
  const isFound = hasWords(search);
  const found = settings.filter((each) => {
    const text =
      `${each.name} ${each.name.replaceAll("_", " ")} ${each.description} ${toShown(each)} ${each.origin}`.toLowerCase();
    return (shown === "all" || isChanged(each)) && isFound(text);
  });
  return [...found.filter(isChanged), ...found.filter((each) => !isChanged(each))];
}

export const isChanged = ({ source }: SettingInfo) => source !== "default";

/** `… (8 MiB)`, where it is a number of bytes. */
function toBytes(value: number, description: string): string {
  return /in bytes/.test(description) && value >= 1024 ? ` (${toSize(value)})` : "";
}

/** Routes go by their names, prices by their models. */
function toEntryName(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return String(entry);
  const name: unknown = Reflect.get(entry, "name") ?? Reflect.get(entry, "model");
  return typeof name === "string" ? name : JSON.stringify(entry);
}

function toYaml(value: unknown): string {
  return typeof value === "string" && /^[\w./~-]+$/.test(value) ? value : JSON.stringify(value);
}

function toTyped(value: unknown): string {
  const text = Array.isArray(value) ? value.join(",") : String(value);
  return /^[\w./:,~-]+$/.test(text) ? text : `'${text}'`;
}
