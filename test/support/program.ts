import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface FakeProgram extends Disposable {
  /** The folder that it lies in. */
  readonly folder: string;
  /** Before the system's own folders, as a `PATH`. */
  readonly searchPath: string;
}

/** A program of that name that does what a shell script says, in a folder of its own. */
export function createProgram(name: string, script: string): FakeProgram {
  const folder = mkdtempSync(join(tmpdir(), "parley-program-"));
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return {
    folder,
    searchPath: [folder, "/usr/bin", "/bin"].join(delimiter),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
