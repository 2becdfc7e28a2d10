import { fromSource } from "./command.ts";
import { isInstalled } from "./installed.ts";

/** Whether the calls of the system can be watched here. In CI they must be. */
export const hasStrace = isInstalled("strace", "what reaches the disk");

/** The program from source, with what becomes of its calls of the system. */
export function straced(...options: string[]): readonly string[] {
  return ["strace", "-f", "-qq", ...options, ...fromSource];
}
