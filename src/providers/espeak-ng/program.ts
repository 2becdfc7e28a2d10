import { findProgram, readProgram } from "../../lib/program.ts";
import { ApiError } from "../../protocol/errors.ts";
import { readWhole } from "../pieces.ts";
import { parseVoices, type Voice } from "./voices.ts";

/** The program on this machine: found anew each time, since it may come and go, and asked about itself once. */
export interface Espeak {
  /** Its path. @throws {ApiError} `not_offered` where there is none */
  get(signal: AbortSignal): Promise<string>;
  /** The voices of the one at this path. @throws {ApiError} `upstream_timeout` */
  listVoices(path: string, signal: AbortSignal): Promise<readonly Voice[]>;
}

const programName = "espeak-ng";
/** How long it may take to tell of itself, in milliseconds: it takes ten. */
const patienceMs = 3_000;
/** Its list of voices has 12 kB. */
const maxBytes = 1024 * 1024;

/** By what it prints: another program may have the name. */
const isEspeak = (version: string) => /^eSpeak NG text-to-speech: *\d/.test(version);

export function createEspeak(provider: string, searchPath: string): Espeak {
  const judged = new Map<string, boolean>();
  const voices = new Map<string, readonly Voice[]>();

  return {
    async get(signal) {
      const path = findProgram(programName, searchPath);
      if (path !== undefined && (judged.get(path) ?? (await judge(path, signal)))) return path;
      const what = path === undefined ? "is not on this machine" : "is another program on this machine";
      throw new ApiError(
        "not_offered",
        `${provider} speaks by the program ${programName}, which ${what}: install eSpeak NG`,
      );
    },
    async listVoices(path, signal) {
      const known = voices.get(path) ?? parseVoices(await ask(path, "--voices", signal));
      voices.set(path, known);
      return known;
    },
  };

  async function judge(path: string, signal: AbortSignal): Promise<boolean> {
    const is = isEspeak(await ask(path, "--version", signal));
    judged.set(path, is);
    return is;
  }

  /** It prints little of itself, and soon. */
  async function ask(path: string, argument: string, signal: AbortSignal): Promise<string> {
    const toFailure = () => new ApiError("upstream_timeout", `${programName} said nothing of itself`);
    const pieces = readProgram({ command: [path, argument], signal, silenceMs: patienceMs, toFailure });
    return new TextDecoder().decode(await readWhole(pieces, provider, maxBytes));
  }
}
