import { Command } from "commander";
import { ConfigError } from "../config/error.ts";
import type { Config } from "../config/load.ts";
import { readEnvironment } from "../config/process.ts";
import { openServices, type Services } from "../services.ts";
import { createClockLook } from "./doctor/clock.ts";
import { checkData } from "./doctor/data.ts";
import { checkIntegrity, repair } from "./doctor/integrity.ts";
import { type Finding, findingsAbout, report } from "./doctor/finding.ts";
import { checkIssuer } from "./doctor/issuer.ts";
import { checkProviders } from "./doctor/providers.ts";
import { checkSearch } from "./doctor/search.ts";
import { checkServer } from "./doctor/server.ts";
import { checkNames, checkSettings } from "./doctor/settings.ts";
import { checkTools } from "./doctor/tools.ts";
import { checkTracing } from "./doctor/tracing.ts";
import { checkUpdate } from "./doctor/update.ts";
import { withExamples } from "./examples.ts";
import { toOrigin } from "./origin.ts";
import { readConfig, toConfigOnce, withSettings } from "./settings.ts";

interface DoctorOptions extends Readonly<Record<string, unknown>> {
  readonly url?: string | true;
  readonly key?: string;
  readonly search?: boolean;
  readonly deep?: boolean;
  readonly repair?: boolean;
  readonly json?: boolean;
}

export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("look at everything that may be wrong, and say what to do about it")
    .option(
      "--url [address]",
      "look at a running server instead, as its clients do: this one, that of PARLEY_URL, or this machine's",
    )
    .option("--key <key>", "the access key for that; better as PARLEY_ACCESS_KEY, which other users do not see")
    .option("--search", "ask the search engines too: some are paid for each question")
    .option("--deep", "read all of the databases, and every file that they name: it takes minutes for many gigabytes")
    .option("--repair", "mend damaged databases first, where that loses nothing; no server may run")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nSettings, keys and models, latency, balances, MCP servers, the disk, the database, the clock. Nothing is paid for: lists of\n" +
        "models are free. Exit code 1 where something fails; a doubt is no failure.",
    )
    .action(
      async ({
        url,
        key,
        search = false,
        deep = false,
        repair: isRepairing = false,
        json = false,
        ...options
      }: DoctorOptions) => {
        const config = readConfig({ logLevel: "error", ...options });
        if (url !== undefined) {
          const { PARLEY_URL: usual } = readEnvironment();
          const address = toOrigin(config, url === true ? usual : url);
          return report(await checkServer(address, key ?? config.access_key), json);
        }
        const settings = checkSettings(config);
        if (isRepairing) settings.push(...repair(config));
        try {
          await using services = openServices(toConfigOnce(config));
          report([...settings, ...(await checkAll(config, services, { search, deep }))], json);
        } catch (thrown) {
          if (!(thrown instanceof ConfigError)) throw thrown;
          // What cannot be opened is a finding like any other.
          report(
            [...settings, findingsAbout("data").fail("start", thrown.message, "mend this first, then look again")],
            json,
          );
        }
      },
    );
  withExamples(
    command,
    {
      "parley doctor": "this machine",
      "parley doctor --search": "and the search engines",
      "parley doctor --deep": "and every byte of what is kept",
      "parley doctor --repair": "mends what can be mended, while no server runs",
      "parley doctor --url https://chat.example.com": "a server behind its proxy: does it stream?",
      "parley doctor --json | jq .ok": "for a script",
    },
    "What it says after → is what to do.",
  );
  return withSettings(command);
}

interface Depth {
  readonly search: boolean;
  readonly deep: boolean;
}

async function checkAll(config: Config, services: Services, { search, deep }: Depth): Promise<Finding[]> {
  await services.ready;
  const clock = createClockLook();
  // The lists that they get are what names of models are compared with.
  const providers = await checkProviders(services, clock);
  const others = await Promise.all([
    checkUpdate(config),
    checkTracing(config),
    checkIssuer(services),
    checkNames(config, services),
    checkSearch(services, search),
    checkTools(services),
  ]);
  // The last: it may keep this thread from all else for a while.
  const data = [...(await checkIntegrity(services, deep)), ...checkData(services)];
  return [...providers, ...others.flat(), ...data, clock.result()];
}
