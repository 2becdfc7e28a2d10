import { existsSync, readFileSync, rmSync } from "node:fs";
import { Command } from "commander";
import { ConfigError } from "../../config/error.ts";
import { codeOf } from "../../lib/error-code.ts";
import { print } from "../../lib/log.ts";
import { withExamples } from "../examples.ts";
import { type ScopeOptions, toScope, withScope } from "./scope.ts";
import { mark } from "./supervisor.ts";
import { findSupervisor } from "./supervisors.ts";
import { tellAll, toTell } from "./tell.ts";

export function uninstallCommand(): Command {
  const command = withScope(new Command("uninstall"))
    .description("stop the server, and have it started no more; what it keeps stays")
    .option("--force", "remove a file of that name which parley service install has not written")
    .action(async (options: ScopeOptions & { force?: boolean }) => {
      const scope = toScope(options);
      const { program, file, end, forget } = findSupervisor(scope);
      if (!existsSync(file)) return print(`There is no ${file}: nothing is installed.\n`);
      if (!options.force && !readFileSync(file, "utf8").includes(mark))
        throw new ConfigError(`${file} is not by parley service install: --force removes it`);
      const tell = toTell(program, scope.environment);
      await tellAll(tell, program, end);
      try {
        rmSync(file);
      } catch (thrown) {
        throw new ConfigError(`${file} cannot be removed (${codeOf(thrown)})`);
      }
      await tellAll(tell, program, forget);
      print(`The server is stopped, and ${file} removed. What it kept is where it was.\n`);
    });
  return withExamples(command, {
    "parley service uninstall": "yours",
    "sudo parley service uninstall --system": "the machine's",
  });
}
