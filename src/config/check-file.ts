import type { TSchema } from "@sinclair/typebox";
import { ValueErrorType } from "@sinclair/typebox/errors";
import { Value } from "@sinclair/typebox/value";
import { at, isObject } from "../lib/json.ts";
import { explainError } from "../lib/schema.ts";
import { ConfigError } from "./error.ts";
import { type Environment, expand, toRepeated, unknownKeys } from "./file.ts";
import { fromText } from "./load.ts";
import { type SettingName, Settings } from "./settings.ts";
import { brokenLine, lineOf, repeatedKeys } from "./yaml-line.ts";

/** Something that is wrong with a settings file. */
export interface Fault {
  /** From 1; `undefined` where it cannot be told. */
  readonly line: number | undefined;
  readonly message: string;
}

/** Everything that is wrong with what a settings file says, rather than the first of it: nothing where it is good. */
export function checkFile(text: string, environment: Environment): Fault[] {
  let parsed: unknown;
  try {
    parsed = Bun.YAML.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^YAML Parse error: /, "") : String(cause);
    return [{ line: brokenLine(text), message: `this is not YAML, from here on: ${why}` }];
  }
  if (parsed == null) return [];
  if (!isObject(parsed))
    return [{ line: 1, message: 'expected names and values, such as "port: 7337", and not a list or a text alone' }];
  const unknown = unknownKeys(parsed, Settings).map(({ path, message }) => ({ line: lineOf(text, path), message }));
  const wrong = Object.entries(parsed).flatMap(([name, value]) =>
    isSetting(name) ? faultsOf(name, value, text, environment) : [],
  );
  const repeated = repeatedKeys(text).map(({ name, line }) => ({ line, message: toRepeated(name) }));
  return [...unknown, ...wrong, ...repeated].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/** Where a message of the other checks points to, which name what they are about: `routes: fast names …`. */
export function lineOfMessage(text: string, message: string): number | undefined {
  const setting = message.match(/[a-z_]+/g)?.find(isSetting);
  const parsed: unknown = Bun.YAML.parse(text);
  const value = setting !== undefined && isObject(parsed) ? parsed[setting] : undefined;
  if (setting === undefined || value === undefined) return undefined;
  const names = (Array.isArray(value) ? value : []).map((entry) => at(entry, "name") ?? at(entry, "model"));
  const place = names.findIndex((name) => `${message} `.startsWith(`${setting}: ${String(name)} `));
  return lineOf(text, place === -1 ? [setting] : [setting, place]);
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(Settings.properties, name);
}

function faultsOf(name: SettingName, value: unknown, text: string, environment: Environment): Fault[] {
  const schema: TSchema = Settings.properties[name];
  let expanded: unknown;
  try {
    expanded = expand(value, name, environment);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return [{ line: lineOf(text, [name]), message: thrown.message }];
  }
  if (typeof expanded === "string") expanded = fromText(expanded, schema);
  const seen = new Set<string>();
  return [...Value.Errors(schema, expanded)].flatMap((error) => {
    if (error.type === ValueErrorType.ObjectAdditionalProperties || seen.has(error.path)) return [];
    seen.add(error.path);
    const steps = error.path
      .split("/")
      .slice(1)
      .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    return [{ line: lineOf(text, [name, ...steps]), message: toSentence(name, explainError(error, name)) }];
  });
}

/** What lies within a list is named by its place there. */
function toSentence(name: string, said: string): string {
  return said.startsWith(name) ? said : `${name}: ${said}`;
}
