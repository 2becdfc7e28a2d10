import { Command } from "commander";
import { ConfigError } from "../config/error.ts";
import { isNewer, readLatestVersion } from "../latest-version.ts";
import { print } from "../lib/log.ts";
import { version } from "../version.ts";
import { withExamples } from "./examples.ts";
import { printJson } from "./json.ts";
import { readConfig, withSettings } from "./settings.ts";

/** What a script tells a newer version by. */
const newerCode = 3;

interface UpgradeOptions extends Readonly<Record<string, unknown>> {
  readonly check?: boolean;
  readonly json?: boolean;
}

export function upgradeCommand(): Command {
  const command = new Command("upgrade")
    .description("say whether there is a newer version")
    .option("--check", "ask update_url; the program itself is replaced by you")
    .option("--json", "print JSON")
    .action(async (options: UpgradeOptions) => {
      const config = readConfig(options);
      if (!options.check)
        throw new ConfigError(
          "the program does not replace itself: parley upgrade --check says whether there is a newer one; put that in the place of this file, and start it again",
        );
      if (config.update_url === "")
        throw new ConfigError(
          `this is ${version}, and where newer ones are told of is not known: set update_url (PARLEY_UPDATE_URL, --update-url) to an address that answers {"version":"1.2.3"}, or to a code host's "latest release"`,
        );
      const latest = await readLatestVersion(config);
      const newer = isNewer(latest, version);
      if (newer) process.exitCode = newerCode;
      if (options.json) return printJson({ version, latest_version: latest, newer });
      if (!newer) return print(`${version} is the latest version.\n`);
      print(`There is ${latest}; this is ${version}. What is kept is brought up to date when the new one starts.\n`);
    });
  withExamples(
    command,
    {
      "parley upgrade --check": "asks where the settings say",
      "parley upgrade --check --update-url https://example.com/latest.json": "another address, this once",
    },
    `Exit codes: 0 this is the latest version, ${newerCode} there is a newer one, 1 it cannot be told, 2 no address is set.
With update_check: true the server looks once a day, and GET /backend-api/v2/version tells.`,
  );
  return withSettings(command);
}
