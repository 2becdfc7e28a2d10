import type { TSchema } from "@sinclair/typebox";
import { toShownAddress } from "../lib/key-like.ts";
import type { ProviderSetting, ServerSettings, SettingInfo, SettingSource } from "../protocol/settings.ts";
import type { Config } from "./load.ts";
import { tellMcpServer } from "./mcp-servers.ts";
import { keysOf } from "./providers.ts";
import {
  flagName,
  isListOfObjects,
  isAddress,
  isSecret,
  type SettingName,
  Settings,
  settingNames,
  variablesOf,
} from "./settings.ts";

type PlainName = Exclude<SettingName, "providers">;

const plainNames = settingNames.filter((name): name is PlainName => name !== "providers");

/** Everything that the server was told, and what could be added to it. */
export function tellServer(config: Config, advice: readonly string[]): ServerSettings {
  return {
    file: config.file ?? null,
    settings: tellSettings(config),
    providers: tellProviders(config),
    warnings: [...config.warnings],
    advice: [...advice],
  };
}

/** Every setting but the providers, as people may see it: of a secret whether it is set, and never what it is. */
export function tellSettings(config: Config): SettingInfo[] {
  return plainNames.map((name) => tellSetting(name, config));
}

/** Those that the settings or the environment mention. What they are sent may be a secret as well as their keys. */
export function tellProviders({ providers }: Config): ProviderSetting[] {
  return providers
    .filter(({ isMentioned }) => isMentioned)
    .map((provider) => ({
      name: provider.name,
      type: provider.adapter.name,
      base_url: provider.base_url === undefined ? null : toShownAddress(provider.base_url),
      keys: keysOf(provider).length,
      origin: provider.origin,
    }));
}

function tellSetting(name: PlainName, config: Config): SettingInfo {
  const schema: TSchema = Settings.properties[name];
  const isHidden = isSecret(name);
  const isOfFile = isListOfObjects(name);
  const variables = variablesOf(name);
  const origin = config.origins[name];
  const source = sourceOf(name, origin, variables);
  return {
    name,
    description: schema.description ?? "",
    value: isHidden ? null : tellValue(name, config),
    default: isHidden ? null : schema.default,
    is_set: isHidden ? config[name] !== "" : null,
    source,
    origin,
    line: source === "file" ? (config.lines[name] ?? null) : null,
    variables,
    flag: isOfFile ? null : flagName(name),
  };
}

/** What a setting that is no secret says, without the secrets in it. */
export function tellValue(name: PlainName, config: Config): unknown {
  if (name === "mcp_servers") return config[name].map(tellMcpServer);
  return isAddress(name) && config[name] !== "" ? toShownAddress(String(config[name])) : config[name];
}

function sourceOf(name: PlainName, origin: string, variables: readonly string[]): SettingSource {
  if (origin === "default") return "default";
  if (origin === flagName(name)) return "flag";
  return variables.includes(origin) ? "environment" : "file";
}
