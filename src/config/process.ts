import type { Environment } from "./file.ts";

/** The environment that the process was started with. */
export function readEnvironment(): Environment {
  return process.env;
}

/** What the program was called with. */
export function readArguments(): string[] {
  return process.argv.slice(2);
}

/** Without a command the server is meant, flags and all. */
export function isServerMeant([first = "-"]: readonly string[]): boolean {
  return first === "serve" || (first.startsWith("-") && !["-h", "--help", "-V", "--version"].includes(first));
}

/** What Bun reads only as it starts. What the operator sets stays. */
export const startVariables = {
  // It sends at most 256 requests at once, streams included; our own limits stay below this.
  BUN_CONFIG_MAX_HTTP_REQUESTS: "16384",
  // The collector lets garbage grow with the machine's memory. As if that were small, a thousand answers take half of
  // the memory, and 3 % more time (test/bench/runs.ts); what is in use may still be as large as it likes.
  BUN_JSC_forceRAMSize: String(128 * 1024 * 1024),
};

/**
 * Whether code is to stay uncompiled sixteen times as long as usual: what a start runs once, it runs before it would be
 * compiled, which takes a third of the processor's time and some megabytes.
 */
export function setStarting(isStarting: boolean): void {
  Bun.unsafe.setJITPolicy(isStarting ? 16 : 1);
}

/** The process starts itself again, once, with these set. It keeps its number, terminal and descriptors. */
export function restartAsServer(): void {
  const names = Object.keys(startVariables);
  if (names.every((name) => process.env[name] !== undefined) || !process.execve) return;
  const args = Bun.isStandaloneExecutable ? process.argv.slice(2) : process.argv.slice(1);
  const environment = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
  process.execve(process.execPath, [process.argv0, ...args], { ...startVariables, ...environment });
}

/** What this program is started by, but for its arguments: the executable, or Bun and our source. */
export function programCommand(): [string, ...string[]] {
  return Bun.isStandaloneExecutable ? [process.execPath] : [process.execPath, Bun.main];
}
