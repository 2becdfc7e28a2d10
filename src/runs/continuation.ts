import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { RunRow } from "../store/journal.ts";
import type { Journal } from "./journal.ts";

/** Longest answer that is gone on from, in characters: more fits no model. */
const maxLength = 4 * 1024 * 1024;

export interface ContinuationParts {
  /** @throws {ApiError} `not_found` */
  readonly find: (runId: string) => Promise<RunRow>;
  readonly isRunning: (runId: string) => boolean;
  readonly journal: Journal;
}

/**
 * A request to go on with a run, with that run's text as the last message of the assistant. Where the caller sends what
 * it has seen of it, and has seen more than the journal, that is what is gone on from.
 *
 * @throws {ApiError} `not_found`, `still_running`
 */
export async function withTextOf(request: ChatRequest, parts: ContinuationParts): Promise<ChatRequest> {
  const { action, run_id: runId } = request;
  if (runId == null) return request;
  if (action !== "continue") throw new ApiError("invalid_request", 'run_id is of use with "action": "continue" alone');
  const { id } = await parts.find(runId);
  if (parts.isRunning(id)) throw new ApiError("still_running", "this answer is still being produced: attach to it");
  const text = await readText(parts.journal, id);
  const last = request.messages.at(-1);
  const own = last?.role === "assistant" && typeof last.content === "string" ? last.content : undefined;
  const before = own === undefined ? request.messages : request.messages.slice(0, -1);
  const content = own?.startsWith(text) ? own : text;
  // Nothing had been said: the question is asked anew.
  if (content === "" && before.length > 0) return { ...request, messages: before };
  return { ...request, messages: [...before, { role: "assistant", content }] };
}

async function readText(journal: Journal, runId: string): Promise<string> {
  let text = "";
  for await (const events of journal.replay(runId, 0)) {
    for (const { event } of events) if (event.type === "content") text += event.content;
    if (text.length > maxLength) throw new ApiError("invalid_request", "this answer is too long to go on from");
  }
  return text;
}
