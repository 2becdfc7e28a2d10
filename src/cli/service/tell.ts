import type { Environment } from "../../config/file.ts";
import { ConfigError } from "../../config/error.ts";
import { findProgram, type ProgramEnd, runProgram } from "../../lib/program.ts";
import type { Step } from "./supervisor.ts";

/** It waits until the server has begun or ended: running answers may take half a minute. */
const patienceMs = 120_000;

/** What it needs to find the user's own supervisor; the keys of our environment are none of its business. */
const passed = ["PATH", "HOME", "USER", "LOGNAME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS"];

export type Tell = (args: readonly string[]) => Promise<ProgramEnd>;

/** @throws {ConfigError} where there is no such program */
export function toTell(program: string, environment: Environment): Tell {
  const path = findProgram(program, environment.PATH ?? "");
  if (path === undefined)
    throw new ConfigError(
      `there is no ${program} here: this system starts services otherwise; --print shows what ${program} would be given`,
    );
  const given = passed.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]));
  const env: Record<string, string> = { ...Object.fromEntries(given), LC_ALL: "C" };
  return (args) => runProgram([path, ...args], env, patienceMs);
}

/** Tells one after the other, up to the first that fails; what that said, or `undefined` where all went well. */
export async function tellAll(tell: Tell, program: string, steps: readonly Step[]): Promise<string | undefined> {
  for (const { args, mayFail } of steps) {
    const { code, said } = await tell(args);
    if (code !== 0 && !mayFail) return `${[program, ...args].join(" ")} failed: ${said.trim() || `exit code ${code}`}`;
  }
  return undefined;
}
