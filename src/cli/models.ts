import { Command } from "commander";
import { print } from "../lib/log.ts";
import { isRouterName } from "../providers/registry.ts";
import { openServices } from "../services.ts";
import { readConfig, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";

export function modelsCommand(): Command {
  const command = new Command("models")
    .description("list the models that can be asked now")
    .option("-p, --provider <name>", "of this provider alone")
    .option("--json", "print JSON")
    .action(async (options: { provider?: string; json?: boolean } & Record<string, unknown>) => {
      await using services = openServices(readConfig({ logLevel: "warn", ...options }));
      const { registry, catalogue, ready } = services;
      await ready;
      const named = options.provider !== undefined && !isRouterName(options.provider) ? options.provider : undefined;
      const providers = named ? [registry.get(named)] : registry.list().filter(({ configured }) => configured);
      // With one provider named, a failure to list is the answer; with all, the others still are.
      if (named) await Promise.all(providers.map((provider) => catalogue.list(provider)));
      const models = await catalogue.summary(providers);
      if (options.json) return print(`${JSON.stringify(models, null, 2)}\n`);
      const abilities = ({ vision, image, audio, video }: (typeof models)[number]) =>
        Object.entries({ vision, image, audio, video }).flatMap(([name, can]) => (can ? [name] : []));
      print(
        toTable(
          ["MODEL", "PROVIDERS", "ALSO"],
          models.map((model) => [model.name, model.providers.join(", "), abilities(model).join(", ")]),
        ),
      );
    });
  return withSettings(command);
}
