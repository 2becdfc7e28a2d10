import type { TSchema } from "@sinclair/typebox";
import { isObject } from "../lib/json.ts";
import { suggestion } from "../lib/nearest.ts";
import { ConfigError } from "./error.ts";
import { Settings } from "./settings.ts";
import { repeatedKeys } from "./yaml-line.ts";

/** Reads `parley.yaml`: known keys alone, `${env.NAME}` replaced. @throws {ConfigError} that names the cure */
export function parseFile(text: string, path: string, environment: Environment): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = Bun.YAML.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path} is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (parsed == null) return {};
  if (!isObject(parsed)) throw new ConfigError(`${path} must hold names and values, such as "port: 7337"`);
  const [unknown] = unknownKeys(parsed, Settings);
  if (unknown) throw new ConfigError(`${path}: ${unknown.message}`);
  const [repeated] = repeatedKeys(text);
  if (repeated) throw new ConfigError(`${path}:${repeated.line}: ${toRepeated(repeated.name)}`);
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, expand(value, path, environment)]));
}

/** Which of them was meant, nobody knows. */
export function toRepeated(name: string): string {
  return `${name} is set twice: take one of them away`;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A name that no setting has, and the way to it. */
export interface UnknownKey {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Whatever is within, where its schema is closed. What has the wrong type is for the check of types to say. */
export function unknownKeys(value: unknown, schema: TSchema, path: UnknownKey["path"] = []): UnknownKey[] {
  if (Array.isArray(value) && schema.type === "array")
    return value.flatMap((each, index) => unknownKeys(each, schema.items, [...path, index]));
  if (!isObject(value) || schema.additionalProperties !== false) return [];
  const known = Object.keys(schema.properties);
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (known.includes(key)) return unknownKeys(inner, schema.properties[key], here);
    return [{ path: here, message: `there is no setting ${toName(here)}${suggestion(key, known)}` }];
  });
}

function toName(path: UnknownKey["path"]): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** With `${env.NAME}` replaced. @throws {ConfigError} that names the file, or whatever `path` is */
export function expand(value: unknown, path: string, environment: Environment): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{([^}]*)\}?/g, (whole, inner: string) => {
      const name = /^env\.(\w+)$/.exec(inner)?.[1];
      if (name === undefined || !whole.endsWith("}"))
        throw new ConfigError(`${path} holds ${whole.slice(0, 40)}: only \${env.NAME} is replaced`);
      const found = environment[name];
      if (found === undefined) throw new ConfigError(`${path} asks for ${whole}, and ${name} is not set`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((entry) => expand(entry, path, environment));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, expand(entry, path, environment)]));
}
