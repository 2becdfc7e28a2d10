import { homedir, platform } from "node:os";
import { join } from "node:path";
import type { Environment } from "./file.ts";

/** The system's place for an application's data (XDG Base Directory Specification 0.8; macOS and Windows likewise). */
export function defaultDataDirectory(environment: Environment): string {
  if (platform() === "win32") return join(environment.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "Parley");
  if (platform() === "darwin") return join(homedir(), "Library", "Application Support", "Parley");
  return join(absolute(environment.XDG_DATA_HOME) ?? join(homedir(), ".local", "share"), "parley");
}

/** `~/notes` is the shell's to read; in a file, or behind `=`, where none reads it, it is ours, and no folder named `~`. */
export function fromHome(path: string): string {
  return /^~(?=$|[/\\])/.test(path) ? join(homedir(), path.slice(1)) : path;
}

/** Where `parley.yaml` is looked for, in order. The working directory comes first, so that a project can bring its own. */
export function configPaths(environment: Environment): string[] {
  const base =
    platform() === "win32"
      ? (environment.APPDATA ?? join(homedir(), "AppData", "Roaming"))
      : (absolute(environment.XDG_CONFIG_HOME) ?? join(homedir(), ".config"));
  return ["parley.yaml", join(base, "parley", "parley.yaml")];
}

/** Relative paths in these variables are invalid and to be ignored, says the specification. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
