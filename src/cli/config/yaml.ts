import type { Config } from "../../config/load.ts";
import { keysOf, type ProviderConfig } from "../../config/providers.ts";
import { tellValue } from "../../config/told.ts";
import { toShownAddress } from "../../lib/key-like.ts";
import { isListOfObjects, isSecret, type SettingName, settingNames } from "../../config/settings.ts";

/**
 * The settings as a file could hold them: what is the default anyway is a comment, and so are secrets, which are struck
 * out, and providers that the environment sets up.
 */
export function toYaml(config: Config): string {
  const plain = settingNames.filter((name) => name !== "providers").map((name) => toEntry(name, config));
  return plain.join("") + toProviders(config.providers);
}

function toEntry(name: Exclude<SettingName, "providers">, config: Config): string {
  if (isSecret(name)) return config[name] === "" ? `# ${name}: ""\n` : `# ${name}: [set by ${config.origins[name]}]\n`;
  const value = tellValue(name, config);
  const isDefault = config.origins[name] === "default" && name !== "data_dir";
  const isBlock = isListOfObjects(name) && Array.isArray(value) && value.length > 0;
  const text = isBlock
    ? `\n${indented(toText(value))}`
    : ` ${Array.isArray(value) ? JSON.stringify(value) : toText(value)}`;
  return `${isDefault ? "# " : ""}${name}:${text}\n`;
}

function toProviders(providers: readonly ProviderConfig[]): string {
  const ofFile = providers.filter(({ isMentioned, origin }) => isMentioned && origin === "parley.yaml");
  const others = providers.filter((each) => each.isMentioned && !ofFile.includes(each));
  const comments = others.map(({ name, origin }) => `# ${name}: set up by ${origin}\n`);
  const list = ofFile.length === 0 ? "# providers: []\n" : `providers:\n${ofFile.map(toProvider).join("")}`;
  return list + comments.join("");
}

/** What it is sent may be a secret as well as its key. */
function toProvider(provider: ProviderConfig): string {
  const { adapter, keySetting: _, isMentioned: __, origin: ___, api_key: ____, headers, ...rest } = provider;
  const keys = keysOf(provider).length;
  const struck = [
    ...(keys > 0 ? [`    # api_key: [${keys} set]\n`] : []),
    ...Object.keys(headers ?? {}).map((name) => `    # headers: ${name} [set]\n`),
  ];
  const { name, base_url, ...others } = rest;
  const address = base_url !== undefined && { base_url: toShownAddress(base_url) };
  return `${indented(toText([{ name, type: adapter.name, ...address, ...others }]))}\n${struck.join("")}`;
}

function toText(value: unknown): string {
  return Bun.YAML.stringify(value, null, 2);
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
