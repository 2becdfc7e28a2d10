import { platform } from "node:os";
import { ConfigError } from "../../config/error.ts";
import { programCommand } from "../../config/process.ts";
import { launchd } from "./launchd.ts";
import type { Scope, Supervisor } from "./supervisor.ts";
import { systemd } from "./systemd.ts";

/** @throws {ConfigError} where there is none that we know */
export function findSupervisor(scope: Scope): Supervisor {
  if (platform() === "linux") return systemd(scope);
  if (platform() === "darwin") return launchd(scope);
  const [program, ...args] = programCommand();
  throw new ConfigError(
    `there is no service for this system yet. On Windows: schtasks /create /tn Parley /sc onlogon /tr "'${[program, ...args].join("' '")}' serve", or with NSSM: nssm install Parley "${program}" ${[...args, "serve"].join(" ")}`,
  );
}
