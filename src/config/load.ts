import { existsSync, readFileSync } from "node:fs";
import { Value } from "@sinclair/typebox/value";
import type { TSchema } from "@sinclair/typebox";
import { suggestion } from "../lib/nearest.ts";
import { explainError } from "../lib/schema.ts";
import { isHeaderKey } from "../lib/text.ts";
import { configPaths, defaultDataDirectory, fromHome } from "./directories.ts";
import type { Collector } from "../tracing/collector.ts";
import { readCollector } from "./collector.ts";
import { ConfigError } from "./error.ts";
import { type Environment, parseFile } from "./file.ts";
import { adviceOnMcpServers, assertMcpServers, programEnv } from "./mcp-servers.ts";
import { assertOidc } from "./oidc.ts";
import { type ProviderConfig, readProviders } from "./providers.ts";
import { assertHosts } from "./hosts.ts";
import { assertSearchAddress } from "./search-address.ts";
import { secretsIn } from "./secrets.ts";
import {
  environmentName,
  flagName,
  isListOfObjects,
  type SettingName,
  Settings,
  settingNames,
  variablesOf,
} from "./settings.ts";
import { assertUpdateAddress } from "./update-address.ts";
import { lineOf } from "./yaml-line.ts";

/** What everything is built from, and where each value came from. */
export interface Config extends Omit<Settings, "providers"> {
  readonly providers: readonly ProviderConfig[];
  /** `default`, `--port`, `PARLEY_PORT`, or the file's path. */
  readonly origins: Readonly<Record<SettingName, string>>;
  /** The settings' file, if there is one. */
  readonly file: string | undefined;
  /** The lines of the file at which settings stand, from 1. */
  readonly lines: Readonly<Partial<Record<SettingName, number>>>;
  /** Where traces go, if anywhere. */
  readonly collector: Collector | undefined;
  /** Whether a proxy of the environment makes the connections beyond this machine. */
  readonly isProxied: boolean;
  /** The folders in which programs are looked for: the environment's `PATH`. */
  readonly programPath: string;
  /** Of our environment, what programs of the operator's are started with: where programs are, and whose they are. */
  readonly programEnv: Readonly<Record<string, string>>;
  /** Values that no log, error or event may show. */
  readonly secrets: readonly string[];
  /** What a person should know and may ignore. */
  readonly warnings: readonly string[];
}

export interface ConfigSources {
  readonly environment: Environment;
  /** By setting, as they were typed; `config` is the file's path. */
  readonly flags: Readonly<Partial<Record<SettingName | "config", string>>>;
}

/** Defaults < file < environment < flags. @throws {ConfigError} that names the setting and the cure */
export function loadConfig({ environment, flags }: ConfigSources): Config {
  const path = findFile({ environment, flags });
  const fileText = path === undefined ? "" : readText(path);
  const file = path === undefined ? {} : parseFile(fileText, path, environment);
  const origins = {} as Record<SettingName, string>;
  const values: Record<string, unknown> = {};
  for (const name of settingNames) {
    const schema: TSchema = Settings.properties[name];
    const [variable, fromEnvironment] = readSetting(name, environment);
    const typed = flags[name] ?? fromEnvironment;
    origins[name] =
      flags[name] !== undefined
        ? flagName(name)
        : fromEnvironment !== undefined
          ? (variable ?? "")
          : name in file
            ? (path ?? "")
            : "default";
    const value = typed ?? (name in file ? file[name] : schema.default);
    values[name] = typeof value === "string" ? fromText(value, schema) : value;
    assertValue(values[name], schema, origins[name] === path ? `${path}: ${name}` : origins[name]);
  }
  const settings = values as Settings;
  assertHosts(settings, origins);
  assertSearchAddress(settings.searxng_url, origins.searxng_url);
  assertUpdateAddress(settings, origins);
  assertOidc(settings, origins);
  assertMcpServers(settings.mcp_servers);
  const collector = readCollector(settings, origins);
  const providers = readProviders(settings.providers, (name) => readVariable(name, environment), settings);
  return {
    ...settings,
    data_dir: fromHome(settings.data_dir) || defaultDataDirectory(environment),
    providers,
    collector,
    origins,
    file: path,
    lines: Object.fromEntries(Object.keys(file).map((name) => [name, lineOf(fileText, [name])])),
    programPath: environment.PATH ?? "",
    isProxied: proxyVariables.some((name) => environment[name]),
    programEnv: programEnv(environment),
    secrets: secretsIn({ settings, providers, collector }),
    warnings: [
      ...unknownVariables(environment),
      ...weakKey(settings.access_key),
      ...adviceOnMcpServers(settings.mcp_servers),
    ],
  };
}

const proxyVariables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];

/** @throws {ConfigError} that says what is expected, and of whom */
function assertValue(value: unknown, schema: TSchema, origin: string): void {
  const error = Value.Errors(schema, value).First();
  if (error) throw new ConfigError(explainError(error, origin));
  // An empty key would open the server, or lock everybody out.
  if (schema.secret === true && schema.isWords !== true && origin !== "default" && !isHeaderKey(String(value)))
    throw new ConfigError(`${origin}: expected a key of letters, digits and signs of ASCII, without spaces`);
}

/** Which variable says what it is, and what that says: its own, or else one that other programs read. */
function readSetting(name: SettingName, environment: Environment): readonly [string?, string?] {
  for (const variable of variablesOf(name)) {
    const value = readVariable(variable, environment);
    if (value !== undefined) return [variable, value];
  }
  return [];
}

/** A variable, or the content of the file that its `_FILE` variant names; an empty variable counts as unset. */
function readVariable(name: string, environment: Environment): string | undefined {
  const value = environment[name];
  if (value !== undefined && value !== "") return value;
  const path = environment[`${name}_FILE`];
  if (!path) return undefined;
  const content = readText(path, `${name}_FILE`).trim();
  if (content === "") throw new ConfigError(`${name}_FILE: ${path} is empty`);
  return content;
}

/** The settings file, if there is one. @throws {ConfigError} where one is named that there is not */
export function findFile({ environment, flags }: ConfigSources): string | undefined {
  const named = flags.config ?? readVariable("PARLEY_CONFIG", environment);
  if (named === undefined) return configPaths(environment).find((path) => existsSync(path));
  if (!existsSync(named)) throw new ConfigError(`there is no settings file ${named}`);
  return named;
}

export function readText(path: string, origin = path): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(
      `${origin}: ${path} cannot be read (${cause instanceof Error ? cause.message : String(cause)})`,
    );
  }
}

/** What was typed, as its schema's type; what does not fit stays text, for the check to refuse. */
export function fromText(typed: string, schema: TSchema): unknown {
  if (schema.type === "boolean")
    return { true: true, "1": true, yes: true, false: false, "0": false, no: false }[typed.toLowerCase()] ?? typed;
  if (schema.type === "integer" || schema.type === "number") return typed.trim() === "" ? typed : Number(typed);
  if (schema.type === "array")
    return typed
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
  return typed;
}

function weakKey(key: string): string[] {
  return key === "" || key.length >= 16 ? [] : ["access_key is short enough to be guessed: take 16 characters or more"];
}

/** What is ours, and no setting: which file is read, and what `parley env` tells other tools. */
const otherVariables = ["PARLEY_CONFIG", "PARLEY_URL"];

function unknownVariables(environment: Environment): string[] {
  const known = [...otherVariables, ...settingNames.filter((name) => !isListOfObjects(name)).map(environmentName)];
  return Object.keys(environment)
    .filter((name) => name.startsWith("PARLEY_") && !known.includes(name.replace(/_FILE$/, "")))
    .map((name) => `${name} is set, and there is no such setting${suggestion(name, known)}`);
}
