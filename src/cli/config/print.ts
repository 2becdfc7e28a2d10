import { Command } from "commander";
import type { Config } from "../../config/load.ts";
import { keysOf, type ProviderConfig } from "../../config/providers.ts";
import { isSecret, type SettingName, settingNames } from "../../config/settings.ts";
import { print, printError } from "../../lib/log.ts";
import { withExamples } from "../examples.ts";
import { readConfig, withSettings } from "../settings.ts";
import { toTable } from "../table.ts";
import { toYaml } from "./yaml.ts";
import { printJson } from "../json.ts";

interface PrintOptions extends Readonly<Record<string, unknown>> {
  readonly origins?: boolean;
  readonly json?: boolean;
}

export function printCommand(): Command {
  const command = new Command("print")
    .description("print every setting, as a parley.yaml could hold it; keys are struck out")
    .option("--origins", "as a table, with where each value comes from")
    .option("--json", "print JSON, with where each value comes from")
    .action((options: PrintOptions) => {
      const config = readConfig(options);
      for (const warning of config.warnings) printError(`parley: ${warning}\n`);
      if (options.json) printJson(toDocument(config));
      else print(options.origins ? toOrigins(config) : toYaml(config));
    });
  withExamples(
    command,
    {
      "parley config print": "what differs from the defaults is no comment",
      "parley config print --origins": "default, flag, variable, or file",
      "parley config print --json | jq .settings.port": "for a script",
    },
    "Change one in parley.yaml (parley config init), in the environment, or with a flag.",
  );
  return withSettings(command);
}

type PlainName = Exclude<SettingName, "providers">;
const plainNames = settingNames.filter((name): name is PlainName => name !== "providers");

function toOrigins(config: Config): string {
  const settings = plainNames.map((name) => [name, shown(name, config), config.origins[name]]);
  return toTable(["SETTING", "VALUE", "FROM"], [...settings, ...config.providers.flatMap(toRow)]);
}

/** A provider that the settings or the environment mention. */
function toRow(provider: ProviderConfig): string[][] {
  const { name, base_url = "", isMentioned, origin } = provider;
  if (!isMentioned) return [];
  const { length } = keysOf(provider);
  const keys = length > 1 ? `[${length} keys set]` : length === 1 ? "[key set]" : "[no key]";
  return [[`providers: ${name}`, `${base_url}${base_url && " "}${keys}`, origin]];
}

function shown(name: PlainName, config: Config): string {
  const value = config[name];
  if (isSecret(name)) return value === "" ? "" : "[set]";
  if (!Array.isArray(value)) return String(value);
  return value.map((each) => (typeof each === "string" ? each : "name" in each ? each.name : each.model)).join(", ");
}

/** Of a secret whether it is set, and never what it is. */
function toDocument(config: Config) {
  const settings = plainNames.map((name) => {
    const told = isSecret(name) ? { is_set: config[name] !== "" } : { value: config[name] };
    return [name, { ...told, origin: config.origins[name] }];
  });
  const providers = config.providers.filter(({ isMentioned }) => isMentioned);
  return {
    settings: Object.fromEntries(settings),
    providers: providers.map((provider) => ({
      name: provider.name,
      type: provider.adapter.name,
      base_url: provider.base_url ?? null,
      keys: keysOf(provider).length,
      origin: provider.origin,
    })),
    warnings: config.warnings,
  };
}
