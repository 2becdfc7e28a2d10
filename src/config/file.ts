import { isObject } from "../lib/json.ts";
import { suggestion } from "../lib/nearest.ts";
import { ConfigError } from "./error.ts";
import { ProviderSettings, Settings } from "./settings.ts";

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
  checkKeys(parsed, Object.keys(Settings.properties), path, "");
  const { providers } = parsed;
  if (Array.isArray(providers)) {
    for (const [index, provider] of providers.entries()) {
      if (isObject(provider))
        checkKeys(provider, Object.keys(ProviderSettings.properties), path, `providers[${index}].`);
    }
  }
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, expand(value, path, environment)]));
}

export type Environment = Readonly<Record<string, string | undefined>>;

function checkKeys(object: object, known: readonly string[], path: string, prefix: string): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    throw new ConfigError(`${path}: there is no setting ${prefix}${key}${suggestion(key, known)}`);
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
