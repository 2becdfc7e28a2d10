import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import { textOf } from "../providers/content.ts";
import type { RunRow } from "../store/journal.ts";
import type { Journal } from "./journal.ts";
import { replay } from "./replay.ts";

/** Longest answer that is gone on from, in characters: more fits no model. */
const maxLength = 4 * 1024 * 1024;

export interface ContinuationParts {
  /** A run that is over. @throws {ApiError} `not_found`, `still_running` */
  readonly getEnded: (runId: string) => Promise<RunRow>;
  readonly journal: Journal;
}

/**
 * A request to go on with a run, with that run's text as the last message of the assistant. What the caller sends as that
 * message stands where it holds the run's text: the caller may have seen more of it, or what came before it.
 *
 * @throws {ApiError} `not_found`, `still_running`
 */
export async function withTextOf(request: ChatRequest, parts: ContinuationParts): Promise<ChatRequest> {
  const { action, run_id: runId } = request;
  if (runId == null) return request;
  if (action !== "continue") throw new ApiError("invalid_request", 'run_id is of use with "action": "continue" alone');
  const text = await readText(await parts.getEnded(runId), parts);
  const last = request.messages.at(-1);
  const own = last?.role === "assistant" ? last : undefined;
  const before = own ? request.messages.slice(0, -1) : request.messages;
  const ownText = textOf(own?.content);
  const content = own && ownText.includes(text) ? ownText : text;
  // Nothing had been said: the question is asked anew.
  if (content === "" && before.length > 0) return { ...request, messages: before };
  return { ...request, messages: [...before, { ...own, role: "assistant", content }] };
}

/** A run's text, after that of the run which it went on from, as far as that is still there. */
async function readText(row: RunRow, parts: ContinuationParts): Promise<string> {
  const earlier = row.continues === null ? undefined : await parts.getEnded(row.continues).catch(() => undefined);
  let text = earlier ? await readText(earlier, parts) : "";
  for await (const events of replay(parts.journal, row, 0)) {
    for (const { event } of events) if (event.type === "content") text += event.content;
    if (text.length > maxLength) throw new ApiError("invalid_request", "this answer is too long to go on from");
  }
  return text;
}
