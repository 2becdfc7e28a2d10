import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeOf } from "../../src/lib/error-code.ts";

/** A disk of its own, of so many bytes, which can be filled, and made room on. */
export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Until not a byte more is taken. */
  fill(): void;
  makeRoom(): void;
  /** From here on nothing can be written to it, or everything again. */
  setReadOnly(isReadOnly: boolean): void;
}

/** Whether file systems can be mounted here. */
export const mayMount = process.getuid?.() === 0;

export function openSmallDisk(bytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "parley-disk-"));
  const ballast = join(path, "ballast");
  run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path);
  return {
    path,
    fill: () => fill(ballast),
    makeRoom: () => rmSync(ballast, { force: true }),
    setReadOnly: (isReadOnly) => run("mount", "-o", `remount,${isReadOnly ? "ro" : "rw"}`, path),
    [Symbol.dispose]() {
      run("umount", "--lazy", path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function run(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`a small disk is needed to be filled: ${program} ${args.join(" ")}: ${stderr}`);
}

function fill(path: string): void {
  const file = openSync(path, "a");
  try {
    for (let bytes = 64 * 1024; bytes >= 1; bytes /= 2) while (writes(file, bytes));
  } finally {
    closeSync(file);
  }
}

function writes(file: number, bytes: number): boolean {
  try {
    return writeSync(file, new Uint8Array(bytes)) > 0;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOSPC") return false;
    throw thrown;
  }
}
