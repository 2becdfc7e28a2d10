import { type Command, Option } from "commander";
import { readEnvironment } from "../../config/process.ts";
import type { Scope } from "./supervisor.ts";

export interface ScopeOptions extends Readonly<Record<string, unknown>> {
  readonly system?: boolean;
}

export function withScope(command: Command): Command {
  return command
    .addOption(new Option("--user", "for you alone, without root").conflicts("system"))
    .addOption(new Option("--system", "for the whole machine, started with it; needs root"));
}

export function toScope({ system }: ScopeOptions): Scope {
  return { isSystem: system === true, environment: readEnvironment() };
}
