import { existsSync } from "node:fs";
import { Command } from "commander";
import { print } from "../../lib/log.ts";
import { withExamples } from "../examples.ts";
import { printJson } from "../json.ts";
import { type ScopeOptions, toScope, withScope } from "./scope.ts";
import { findSupervisor } from "./supervisors.ts";
import { toTell } from "./tell.ts";

export function statusCommand(): Command {
  const command = withScope(new Command("status"))
    .description("say whether the service is installed and runs; exit code 0 where it does, 1 where it does not")
    .option("--json", "print JSON")
    .action(async (options: ScopeOptions & { json?: boolean }) => {
      const scope = toScope(options);
      const supervisor = findSupervisor(scope);
      const { file, log, program, state } = supervisor;
      const installed = existsSync(file);
      const end = installed ? await toTell(program, scope.environment)(state) : undefined;
      const running = end !== undefined && supervisor.isRunning(end);
      if (!running) process.exitCode = 1;
      if (options.json) return printJson({ installed, running, file });
      if (!end) return print("It is not installed: parley service install does so.\n");
      const [word = ""] = end.said.trim().split("\n");
      print(
        running ? `It runs, by ${file}\n` : `It does not run: ${program} says ${word || `exit code ${end.code}`}\n`,
      );
      print(`Its log: ${log}\n`);
    });
  return withExamples(command, { "parley service status": "yours", "parley service status --system": "the machine's" });
}
