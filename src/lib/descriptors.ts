import { readdirSync, readFileSync, statSync } from "node:fs";

const folder = "/proc/self/fd";

/**
 * How many this process has open; `undefined` elsewhere than on Linux, and where none is left to look with. Since Linux 6.2 the
 * folder's length is their number (proc_pid_fd(5)); before it is 0, and they are counted, without the one that it takes to look.
 */
export function countDescriptors(): number | undefined {
  try {
    return statSync(folder).size || readdirSync(folder).length - 1;
  } catch {
    return undefined;
  }
}

/** How many it may have open, which may be any number; `undefined` elsewhere than on Linux. */
export function readMostDescriptors(): number | undefined {
  try {
    const [, most] = /^Max open files +(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
    return most === undefined ? undefined : most === "unlimited" ? Infinity : Number(most);
  } catch {
    return undefined;
  }
}
