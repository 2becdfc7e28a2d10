import { Command } from "commander";
import { settingsSchema } from "../config/settings.ts";
import { initCommand } from "./config/init.ts";
import { printCommand } from "./config/print.ts";
import { validateCommand } from "./config/validate.ts";
import { withExamples } from "./examples.ts";
import { printJson } from "./json.ts";

export function configCommand(): Command {
  return new Command("config")
    .description("write, check and look at the settings")
    .addCommand(initCommand())
    .addCommand(validateCommand())
    .addCommand(printCommand())
    .addCommand(schemaCommand());
}

function schemaCommand(): Command {
  const command = new Command("schema")
    .description("print the JSON Schema of parley.yaml, for editors")
    .action(() => printJson(settingsSchema()));
  return withExamples(
    command,
    { "parley config schema > parley.schema.json": "beside parley.yaml" },
    "With this first line editors check the file: # yaml-language-server: $schema=./parley.schema.json",
  );
}
