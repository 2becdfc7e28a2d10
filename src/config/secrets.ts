import { keysWithin } from "../lib/key-like.ts";
import type { Collector } from "../tracing/collector.ts";
import { secretsOfCollector } from "./collector.ts";
import { secretsOfMcp } from "./mcp-servers.ts";
import { keysOf, type ProviderConfig } from "./providers.ts";
import { isAddress, isSecret, type SettingName, settingNames, type Settings } from "./settings.ts";

export interface SecretsParts {
  readonly settings: Settings;
  readonly providers: readonly ProviderConfig[];
  readonly collector: Collector | undefined;
}

/** Values that no log, error or event may show: keys, what stands in headers, and what addresses hold. */
export function secretsIn({ settings, providers, collector }: SecretsParts): string[] {
  return [
    ...settingNames.flatMap((name) => secretsOfSetting(name, settings)),
    ...providers.flatMap(secretsOfProvider),
    ...settings.mcp_servers.flatMap(secretsOfMcp),
    ...(collector ? secretsOfCollector(collector) : []),
  ].filter((secret) => secret !== "");
}

function secretsOfSetting(name: SettingName, settings: Settings): string[] {
  const value = String(settings[name]);
  if (isSecret(name)) return [value];
  return isAddress(name) && value !== "" ? keysWithin(value) : [];
}

function secretsOfProvider(provider: ProviderConfig): string[] {
  const { headers = {}, base_url } = provider;
  return [...keysOf(provider), ...Object.values(headers), ...(base_url === undefined ? [] : keysWithin(base_url))];
}
