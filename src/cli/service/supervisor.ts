import type { Environment } from "../../config/file.ts";

/** What is to be started, and as whom. */
export interface Served {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly dataDirectory: string;
  readonly port: number;
  /** How long running answers may take to end, in seconds. */
  readonly drainSeconds: number;
  /** Of the whole system's service: whose it is. */
  readonly user: string;
}

/** What starts programs and keeps them running on a system, for one user or for the system as a whole. */
export interface Supervisor {
  /** The program that it is told by. */
  readonly program: string;
  /** Where a whole system's service keeps what it keeps. */
  readonly dataDirectory: string;
  /** Where what it reads of us lies. */
  readonly file: string;
  /** Lines of variables, keys among them, that it gives the server; `undefined` where it reads no such file. */
  readonly variablesFile: string | undefined;
  /** Begins with a line that holds `mark`. */
  toText(served: Served): string;
  /** What it is told once the file is there; before it goes; and after. Each is the arguments of `program`. */
  readonly begin: readonly Step[];
  readonly end: readonly Step[];
  readonly forget: readonly Step[];
  /** How it is asked whether the server runs, and what it answers while it does. */
  readonly state: readonly string[];
  isRunning(answer: { readonly code: number; readonly said: string }): boolean;
  /** How a person reads the log. */
  readonly log: string;
  /** What a person should know. */
  readonly notice: string | undefined;
}

export interface Step {
  readonly args: readonly string[];
  /** Whether it may fail: it undoes what may not have been done. */
  readonly mayFail?: boolean;
}

/** By which a file is known to be ours. */
export const mark = "Written by parley service install";

export interface Scope {
  /** For everybody, started with the machine; else for one user. */
  readonly isSystem: boolean;
  readonly environment: Environment;
}
