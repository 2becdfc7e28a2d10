import { Command } from "commander";
import type { Config } from "../../config/load.ts";
import { tellProviders, tellSettings } from "../../config/told.ts";
import { at } from "../../lib/json.ts";
import { print, printError } from "../../lib/log.ts";
import type { ProviderSetting, SettingInfo } from "../../protocol/settings.ts";
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

function toOrigins(config: Config): string {
  const settings = tellSettings(config).map((setting) => [setting.name, shown(setting), setting.origin]);
  return toTable(["SETTING", "VALUE", "FROM"], [...settings, ...tellProviders(config).map(toRow)]);
}

function toRow({ name, base_url, keys, origin }: ProviderSetting): string[] {
  const told = keys > 1 ? `[${keys} keys set]` : keys === 1 ? "[key set]" : "[no key]";
  return [`providers: ${name}`, base_url === null ? told : `${base_url} ${told}`, origin];
}

function shown({ value, is_set }: SettingInfo): string {
  if (is_set !== null) return is_set ? "[set]" : "";
  return Array.isArray(value) ? value.map(toName).join(", ") : String(value);
}

/** Routes go by their names, prices by their models. */
function toName(entry: unknown): string {
  return String(at(entry, "name") ?? at(entry, "model") ?? entry);
}

function toDocument(config: Config) {
  const settings = tellSettings(config).map(({ name, value, is_set, origin }) => [
    name,
    { ...(is_set === null ? { value } : { is_set }), origin },
  ]);
  return { settings: Object.fromEntries(settings), providers: tellProviders(config), warnings: config.warnings };
}
