import type { Caller } from "../protocol/caller.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { Run } from "./live-run.ts";
import { textOfPieces } from "./plain-answer.ts";
import { readWhole } from "./plain-read.ts";

export type StartRun = (request: ChatRequest, caller: Caller, signal?: AbortSignal) => Promise<Run>;

/** More than any answer to a question of ours needs, in characters. */
const maxLength = 64 * 1024;

/**
 * What a model says to a question of the server's own: a run like any other, counted and paid as one. Its whole answer.
 *
 * @throws {ApiError} as `Runs.start`, and where the run does not end well
 */
export async function askModel(
  start: StartRun,
  request: ChatRequest,
  caller: Caller,
  signal = new AbortController().signal,
): Promise<string> {
  // No tools are wanted for it, also where some are always offered.
  const run = await start({ ...request, mcp: false }, caller, signal);
  const { pieces } = await readWhole(run.attach(0), signal, maxLength);
  return textOfPieces(pieces);
}

interface NamedModel {
  readonly provider?: string;
  readonly model: string;
}

/** `Provider/model`, as settings name one. What has no `/` is a model of whoever has it. */
export function toNamedModel(setting: string): NamedModel {
  const slash = setting.indexOf("/");
  return slash === -1 ? { model: setting } : { provider: setting.slice(0, slash), model: setting.slice(slash + 1) };
}
