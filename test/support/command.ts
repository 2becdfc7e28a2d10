import { join } from "node:path";
import { startVariables } from "../../src/config/process.ts";

export const root = join(import.meta.dir, "../..");

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** How the program is started: from source, or as the compiled binary. */
export type Program = readonly string[];

export const fromSource: Program = [process.execPath, join(root, "src/main.ts")];

/** Runs a command of the program with nothing of this machine's settings. */
export async function runCommand(
  program: Program,
  args: readonly string[],
  { cwd, env = {}, input = "" }: { cwd: string; env?: Record<string, string>; input?: string },
): Promise<CommandResult> {
  const child = Bun.spawn([...program, ...args], {
    cwd,
    env: bareEnvironment(cwd, env),
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, error };
}

export interface RunningServer extends AsyncDisposable {
  readonly origin: string;
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
}

/** Starts the server on a free port and waits until it says where it listens. */
export async function startServer(
  program: Program,
  { cwd, env = {}, args = [] }: { cwd: string; env?: Record<string, string>; args?: readonly string[] },
): Promise<RunningServer> {
  // From source it takes half a second to read, and would be read again as it starts itself once more with these.
  const started = program === fromSource ? { ...startVariables, ...env } : env;
  const child = Bun.spawn([...program, "serve", "--port", "0", "--discovery", "false", ...args], {
    cwd,
    env: bareEnvironment(cwd, started),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let said = "";
  for await (const bytes of child.stdout) {
    said += new TextDecoder().decode(bytes);
    const origin = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
    if (!origin) continue;
    return {
      origin,
      child,
      async [Symbol.asyncDispose]() {
        child.kill("SIGKILL");
        await child.exited;
      },
    };
  }
  throw new Error(`the server did not start: ${said}${await new Response(child.stderr).text()}`);
}

/** Nothing of this machine's settings. */
export function bareEnvironment(home: string, env: Record<string, string>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: home,
    XDG_DATA_HOME: join(home, "share"),
    XDG_CONFIG_HOME: join(home, "config"),
    TZ: "UTC",
    // One of them needs no key, and is in the internet.
    PARLEY_SEARCH_ENGINES: "off",
    ...env,
  };
}
