import { fromSource } from "./command.ts";

/** Whether the calls of the system can be watched here. In CI they must be. */
export const hasStrace = Bun.which("strace") !== null;

if (!hasStrace) {
  const text = "NOT TESTED: what reaches the disk, because this machine has no strace (Debian: apt-get install strace)";
  if (process.env.CI) throw new Error(text);
  console.warn(text);
}

/** The program from source, with what becomes of its calls of the system. */
export function straced(...options: string[]): readonly string[] {
  return ["strace", "-f", "-qq", ...options, ...fromSource];
}
