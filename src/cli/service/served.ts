import { existsSync } from "node:fs";
import { platform } from "node:os";
import { resolve } from "node:path";
import type { TSchema } from "@sinclair/typebox";
import { ConfigError } from "../../config/error.ts";
import type { Environment } from "../../config/file.ts";
import { type ConfigSources, findFile, loadConfig } from "../../config/load.ts";
import { programCommand } from "../../config/process.ts";
import { environmentName, flagName, Settings, settingNames } from "../../config/settings.ts";
import { readFlags } from "../settings.ts";
import type { Scope, Served, Supervisor } from "./supervisor.ts";
import { toTell } from "./tell.ts";
import { readVariables } from "./variables.ts";

const systemFile = "/etc/parley/parley.yaml";

/** A settings file in which nothing is said. */
const noFile = "/dev/null";

/**
 * What the service is to start: this program, with the flags that were typed, and the settings file and data directory that
 * commands find here. What lies in this folder, or in root's home, is not the whole system's.
 *
 * @throws {ConfigError} where the server would refuse to start with them
 */
export function toServed(
  options: Readonly<Record<string, unknown>> & { readonly runAs?: string },
  { isSystem, environment }: Scope,
  { variablesFile, dataDirectory: systemData }: Supervisor,
): Served {
  if (isSystem && platform() === "darwin" && options.runAs === undefined)
    throw new ConfigError("launchd would start it as root: say whose it is with --run-as <user>");
  const flags = readFlags(options);
  assertNoSecret(flags, variablesFile);
  const given: Environment = { ...(!isSystem && environment), ...readVariables(variablesFile) };
  const file = toFile(flags.config, isSystem, given);
  const config = loadConfig({ environment: given, flags: { ...flags, config: file ?? noFile } });
  const isOwnData = !isSystem || config.origins.data_dir !== "default";
  const dataDirectory = isOwnData ? resolve(config.data_dir) : systemData;
  const typed = settingNames.flatMap((name) => {
    const value = flags[name];
    return value === undefined || name === "data_dir" ? [] : [flagName(name), value];
  });
  const named = file === undefined ? [] : ["--config", file];
  return {
    command: [...programCommand(), "serve", ...named, "--data-dir", dataDirectory, ...typed],
    dataDirectory,
    port: config.port,
    drainSeconds: config.drain_timeout,
    user: options.runAs ?? "parley",
  };
}

function toFile(named: string | undefined, isSystem: boolean, environment: Environment): string | undefined {
  const found =
    isSystem && named === undefined
      ? existsSync(systemFile)
        ? systemFile
        : undefined
      : findFile({ environment, flags: named === undefined ? {} : { config: named } });
  return found === undefined ? undefined : resolve(found);
}

/** What is started by a unit can be read by everybody there. @throws {ConfigError} */
function assertNoSecret(flags: ConfigSources["flags"], variablesFile: string | undefined): void {
  for (const name of settingNames) {
    const schema: TSchema = Settings.properties[name];
    if (schema.secret !== true || flags[name] === undefined) continue;
    const cure = variablesFile
      ? `write ${environmentName(name)}=… into ${variablesFile}, mode 600`
      : `write it into parley.yaml, mode 600`;
    throw new ConfigError(`${flagName(name)} would be seen by everybody on this machine: ${cure}`);
  }
}

/** @throws {ConfigError} where the user is not there, or could not start the program */
export async function assertReachable({ command: [program], user }: Served, { environment }: Scope): Promise<void> {
  const { code } = await toTell("id", environment)(["-u", user]);
  if (code !== 0)
    throw new ConfigError(
      platform() === "darwin"
        ? `there is no user ${user}: name another with --run-as`
        : `there is no user ${user}; make it: useradd --system --user-group --home-dir /var/lib/${user} --shell /usr/sbin/nologin ${user}`,
    );
  if (/^\/(home|root|run\/user|tmp|var\/tmp|Users)\//.test(program))
    throw new ConfigError(
      `${program} is where the service would not see it: install -m 755 ${program} /usr/local/bin/parley, and let that install the service`,
    );
}
