import { Command } from "commander";
import type { TSchema } from "@sinclair/typebox";
import type { Config } from "../config/load.ts";
import { keysOf, type ProviderConfig } from "../config/providers.ts";
import { type SettingName, Settings, settingNames, settingsSchema } from "../config/settings.ts";
import { print, printError } from "../lib/log.ts";
import { readConfig, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";

export function configCommand(): Command {
  return new Command("config")
    .description("look at the settings")
    .addCommand(
      new Command("schema")
        .description("print the JSON Schema of parley.yaml, for editors")
        .action(() => print(`${JSON.stringify(settingsSchema(), null, 2)}\n`)),
    )
    .addCommand(
      withSettings(new Command("print"))
        .description("print every setting and where its value comes from; keys are struck out")
        .action((options) => {
          const config = readConfig(options);
          for (const warning of config.warnings) printError(`parley: ${warning}\n`);
          const settings = settingNames
            .filter((name) => name !== "providers")
            .map((name) => [name, shown(name, config), config.origins[name]]);
          print(toTable(["SETTING", "VALUE", "FROM"], [...settings, ...config.providers.flatMap(toRow)]));
        }),
    );
}

/** A provider that the settings or the environment mention. */
function toRow(provider: ProviderConfig): string[][] {
  const { name, base_url = "", isMentioned, origin } = provider;
  if (!isMentioned) return [];
  const { length } = keysOf(provider);
  const keys = length > 1 ? `[${length} keys set]` : length === 1 ? "[key set]" : "[no key]";
  return [[`providers: ${name}`, `${base_url}${base_url && " "}${keys}`, origin]];
}

function shown(name: Exclude<SettingName, "providers">, config: Config): string {
  const schema: TSchema = Settings.properties[name];
  const value = config[name];
  if (schema.secret === true) return value === "" ? "" : "[set]";
  if (!Array.isArray(value)) return String(value);
  return value.map((each) => (typeof each === "string" ? each : "name" in each ? each.name : each.model)).join(", ");
}
