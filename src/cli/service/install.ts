import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import { ConfigError } from "../../config/error.ts";
import { readEnvironment } from "../../config/process.ts";
import { codeOf } from "../../lib/error-code.ts";
import { print, printError } from "../../lib/log.ts";
import { withExamples } from "../examples.ts";
import { withSettings } from "../settings.ts";
import { type ScopeOptions, toScope, withScope } from "./scope.ts";
import { assertReachable, toServed } from "./served.ts";
import { mark, type Supervisor } from "./supervisor.ts";
import { findSupervisor } from "./supervisors.ts";
import { tellAll, toTell } from "./tell.ts";
import { namedHere } from "./variables.ts";

/** Long enough for a server to find that it cannot start. */
const settleMs = 1000;

interface InstallOptions extends ScopeOptions {
  readonly runAs?: string;
  readonly print?: boolean;
  readonly force?: boolean;
}

export function installCommand(): Command {
  const command = withScope(new Command("install"))
    .description("have systemd or launchd start the server now, with every login or start, and when it fails")
    .option("--run-as <user>", "with --system: whose the server is; default parley")
    .option("--print", "print what would be written, and change nothing")
    .option("--force", "overwrite a file of that name which this command has not written")
    .action(async (options: InstallOptions) => {
      const scope = toScope(options);
      const supervisor = findSupervisor(scope);
      const served = toServed(options, scope, supervisor);
      const text = supervisor.toText(served);
      if (options.print) return print(text);
      const tell = toTell(supervisor.program, scope.environment);
      if (scope.isSystem) await assertReachable(served, scope);
      write(supervisor, text, options.force === true);
      print(`${supervisor.file} is written.\n`);
      const failure = await tellAll(tell, supervisor.program, supervisor.begin);
      if (failure !== undefined) {
        process.exitCode = 1;
        return printError(`parley: ${failure}\n`);
      }
      // That it was started is said of one, too, that ends at once: of one whose port is taken, for example.
      await Bun.sleep(settleMs);
      if (!supervisor.isRunning(await tell(supervisor.state))) {
        process.exitCode = 1;
        return printError(`parley: the server was started, and has ended; its log says why: ${supervisor.log}\n`);
      }
      print(`The server is started, and will be again. Its log: ${supervisor.log}\n`);
      if (supervisor.notice !== undefined) print(`${supervisor.notice}\n`);
      if (!scope.isSystem) tellVariables(supervisor);
    });
  withExamples(
    command,
    {
      "parley service install": "for you, with the settings of commands here",
      "parley service install --port 8000": "with a flag for each setting",
      "sudo parley service install --system": "for the whole machine, as the user parley",
      "parley service install --system --print": "only look",
    },
    "Whether it runs: parley service status, parley health. It is installed again to change its settings.",
  );
  return withSettings(command);
}

/** @throws {ConfigError} where a file is there that is not ours, or none may be written */
function write({ file }: Supervisor, text: string, isForced: boolean): void {
  if (!isForced && existsSync(file) && !readFileSync(file, "utf8").includes(mark))
    throw new ConfigError(`${file} is there, and not by this command: --force overwrites it`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
  } catch (thrown) {
    throw new ConfigError(
      `${file} cannot be written (${codeOf(thrown)})${codeOf(thrown) === "EACCES" ? ": take sudo, or install for yourself, without --system" : ""}`,
    );
  }
}

/** What is set in this shell alone, keys first of all, the service would miss. Values are not shown. */
function tellVariables({ variablesFile }: Supervisor): void {
  const names = namedHere(readEnvironment());
  if (names.length === 0) return;
  const where =
    variablesFile === undefined
      ? "write them into parley.yaml, mode 600: settings by their names, keys as api_key of providers"
      : `write them into ${variablesFile}, mode 600, a line for each, and install again`;
  printError(`parley: set in this shell and not for the service: ${names.join(", ")}; ${where}\n`);
}
