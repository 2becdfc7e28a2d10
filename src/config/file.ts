import type { TSchema } from "@sinclair/typebox";
import { isObject } from "../lib/json.ts";
import { suggestion } from "../lib/nearest.ts";
import { ConfigError } from "./error.ts";
import { Settings } from "./settings.ts";

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
  checkKeys(parsed, Settings, path, "");
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, expand(value, path, environment)]));
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whatever is within, where its schema is closed. What has the wrong type is for the check of types to say. */
function checkKeys(value: unknown, schema: TSchema, path: string, place: string): void {
  if (Array.isArray(value) && schema.type === "array")
    return value.forEach((each, index) => checkKeys(each, schema.items, path, `${place}[${index}]`));
  if (!isObject(value) || schema.additionalProperties !== false) return;
  const known = Object.keys(schema.properties);
  for (const [key, inner] of Object.entries(value)) {
    const name = place === "" ? key : `${place}.${key}`;
    if (!known.includes(key)) throw new ConfigError(`${path}: there is no setting ${name}${suggestion(key, known)}`);
    checkKeys(inner, schema.properties[key], path, name);
  }
}

function expand(value: unknown, path: string, environment: Environment): unknown {
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
