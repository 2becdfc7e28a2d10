import { Command } from "commander";
import { print } from "../lib/log.ts";
import { openServices } from "../services.ts";
import { withExamples } from "./examples.ts";
import { readConfigOnce, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";
import { printJson } from "./json.ts";

export function modelsCommand(): Command {
  const command = new Command("models")
    .description("list the models that can be asked now")
    .option("-p, --provider <name>", "of this provider alone")
    .option("--json", "print JSON")
    .action(async (options: { provider?: string; json?: boolean } & Record<string, unknown>) => {
      await using services = openServices(readConfigOnce({ logLevel: "warn", ...options }));
      const { registry, catalogue, ready } = services;
      await ready;
      const providers = registry.select(options.provider);
      // Where there is one alone, a failure to list is the answer; with several, the others still are.
      const [only, ...others] = providers;
      if (only && others.length === 0) await catalogue.list(only);
      const models = await catalogue.summary(providers);
      if (options.json) return printJson(models);
      const abilities = ({ vision, image, audio, video }: (typeof models)[number]) =>
        Object.entries({ vision, image, audio, video }).flatMap(([name, can]) => (can ? [name] : []));
      print(
        toTable(
          ["MODEL", "PROVIDERS", "ALSO"],
          models.map((model) => [model.name, model.providers.join(", "), abilities(model).join(", ")]),
        ),
      );
    });
  withExamples(
    command,
    {
      "parley models": "by name, with everybody who offers each",
      "parley models -p OpenAI": "of one provider; it says why where it cannot tell",
      "parley models --json": "as GET /backend-api/v2/models",
    },
    'Ask one of them: parley ask -m <model> "What can you do?"',
  );
  return withSettings(command);
}
