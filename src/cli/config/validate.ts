import { Command } from "commander";
import { checkFile, type Fault, lineOfMessage } from "../../config/check-file.ts";
import { ConfigError } from "../../config/error.ts";
import { type Config, findFile, loadConfig, readText } from "../../config/load.ts";
import { readEnvironment } from "../../config/process.ts";
import { createLog, print, printError } from "../../lib/log.ts";
import { openProviderServices } from "../../provider-services.ts";
import { withExamples } from "../examples.ts";
import { printJson } from "../json.ts";

export function validateCommand(): Command {
  const command = new Command("validate")
    .description("check a settings file, and the variables of the environment; nothing is opened or asked")
    .argument("[file]", "the file; else the one that every command reads: PARLEY_CONFIG, parley.yaml here, or yours")
    .option("--json", "print JSON")
    .action((named: string | undefined, options: { json?: boolean }) => {
      const sources = { environment: readEnvironment(), flags: named === undefined ? {} : { config: named } };
      const file = findFile(sources);
      const { faults, warnings } = check(file, sources);
      if (faults.length > 0) process.exitCode = 2;
      if (options.json) return printJson({ file: file ?? null, ok: faults.length === 0, faults, warnings });
      for (const { line, message } of faults)
        printError(`${line === undefined ? "parley" : `${file}:${line}`}: ${message}\n`);
      for (const warning of warnings) printError(`parley: ${warning}\n`);
      if (faults.length > 0) return;
      const what = file ?? "There is no settings file (parley config init writes one), and the environment";
      print(`${what} is good.\n`);
    });
  return withExamples(
    command,
    {
      "parley config validate": "what the next start will read",
      "parley config validate team.yaml": "a file; exit code 2 where something is wrong",
    },
    "A running server reads its settings at its next start.",
  );
}

function check(
  file: string | undefined,
  sources: Parameters<typeof loadConfig>[0],
): { faults: Fault[]; warnings: readonly string[] } {
  const text = file === undefined ? "" : readText(file);
  const faults = checkFile(text, sources.environment);
  if (faults.length > 0) return { faults, warnings: [] };
  try {
    const config = loadConfig(sources);
    assertNames(config);
    return { faults: [], warnings: config.warnings };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const message = thrown.message.replace(`${file}: `, "");
    return { faults: [{ line: lineOfMessage(text, message), message }], warnings: [] };
  }
}

/** What names providers is good when there are such. @throws {ConfigError} */
function assertNames(config: Config): void {
  const limits = { connectMs: 0, isProxied: false, firstByteMs: 0, loadMs: 0, silenceMs: 0 };
  const log = createLog({ level: "silent", secrets: [], pretty: false });
  const cookies = async () => [];
  openProviderServices({ config: { ...config, discovery: false }, limits, cookies, clock: Date.now, log })[
    Symbol.dispose
  ]();
}
