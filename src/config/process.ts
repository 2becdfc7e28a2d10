import type { Environment } from "./file.ts";

/** The environment that the process was started with. */
export function readEnvironment(): Environment {
  return process.env;
}

/** What the program was called with. */
export function readArguments(): string[] {
  return process.argv.slice(2);
}

const capVariable = "BUN_CONFIG_MAX_HTTP_REQUESTS";

/**
 * Bun sends at most 256 requests at once, streams included, and reads another limit only as it starts: so the process
 * starts itself again, once, with one that our own limits stay below. It keeps its number, terminal and descriptors.
 */
export function liftRequestCap(): void {
  if (process.env[capVariable] || !process.execve) return;
  const args = Bun.isStandaloneExecutable ? process.argv.slice(2) : process.argv.slice(1);
  const environment = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
  process.execve(process.execPath, [process.argv0, ...args], { ...environment, [capVariable]: "16384" });
}
