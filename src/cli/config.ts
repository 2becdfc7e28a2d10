import { Command } from "commander";
import type { TSchema } from "@sinclair/typebox";
import { Settings, settingNames, settingsSchema } from "../config/settings.ts";
import { print } from "../lib/log.ts";
import { readConfig, settingsCommand } from "./settings.ts";
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
      settingsCommand("print", "print every setting and where its value comes from; keys are struck out").action(
        (options) => {
          const config = readConfig(options);
          const rows = settingNames.map((name) => [name, shown(name, config), config.origins[name]]);
          print(toTable(["SETTING", "VALUE", "FROM"], rows));
        },
      ),
    );
}

function shown(name: (typeof settingNames)[number], config: ReturnType<typeof readConfig>): string {
  if (name === "providers")
    return config.providers
      .filter(({ isConfigured }) => isConfigured)
      .map((provider) => provider.name)
      .join(", ");
  const schema: TSchema = Settings.properties[name];
  const value = config[name];
  if (schema.secret === true) return value === "" ? "" : "[set]";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
