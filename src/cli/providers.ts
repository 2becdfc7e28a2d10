import { Command } from "commander";
import { print } from "../lib/log.ts";
import type { ProviderInfo } from "../protocol/models.ts";
import { listProviders } from "../routes/providers.ts";
import { openServices } from "../services.ts";
import { withExamples } from "./examples.ts";
import { readConfigOnce, withSettings } from "./settings.ts";
import { toTable } from "./table.ts";
import { printJson } from "./json.ts";

function toStatus({ configured, auth, public: isPublic, active_by_default: isActive, status }: ProviderInfo): string {
  if (!configured) return auth ? "needs a key" : "needs an address";
  return isPublic && !isActive ? "off: public" : status;
}

export function providersCommand(): Command {
  const command = new Command("providers")
    .description("list the providers and whether they can be asked")
    .option("--json", "print JSON")
    .action(async (options: { json?: boolean } & Record<string, unknown>) => {
      await using services = openServices(readConfigOnce({ logLevel: "warn", ...options }));
      const providers = await listProviders(services);
      if (options.json) return printJson(providers);
      const rows = providers.map((info) => [
        info.name,
        toStatus(info),
        info.label,
        info.configured ? "" : (info.login_url ?? ""),
      ]);
      for (const { name, label } of services.registry.listAbsent()) rows.push([name, "not running", label, ""]);
      print(toTable(["NAME", "STATUS", "LABEL", "WHERE TO GET A KEY"], rows));
    });
  withExamples(
    command,
    {
      "parley providers": "who can be asked, and where a key is to be had",
      "parley providers --json": "as GET /backend-api/v2/providers",
    },
    "Set a vendor's key in the environment, such as OPENAI_API_KEY; parley doctor tells whether it is accepted.",
  );
  return withSettings(command);
}
