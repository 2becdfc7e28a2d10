import type { Caller } from "../protocol/caller.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { Memory } from "../memory/memory.ts";
import type { ChatTable } from "../store/chats.ts";
import { bringIn, type BringInParts } from "./attachments/bring-in.ts";
import { type ChatPlace, placeInChat } from "./chats/place.ts";
import { type ContinuationParts, withTextOf } from "./continuation.ts";
import { cancellation } from "./live-run.ts";
import { withMemories } from "./remembered.ts";

export interface WholeRequestParts extends ContinuationParts {
  readonly chats: Pick<ChatTable, "find" | "path">;
  readonly memory: Pick<Memory, "recall">;
  readonly attachments: BringInParts;
}

/** A request with all that it only names. */
export interface WholeRequest {
  readonly request: ChatRequest;
  readonly place: ChatPlace | undefined;
  /** For the run's log. */
  readonly notes: readonly string[];
}

/**
 * Puts into a request what it only names: the answer that it goes on from, what stands before it in its chat, what is
 * remembered of the user, and what its messages attach.
 *
 * @throws {ApiError} for what is not there, not allowed or too much; `cancelled`
 */
export async function toWholeRequest(
  given: ChatRequest,
  caller: Caller,
  parts: WholeRequestParts,
  signal: AbortSignal,
): Promise<WholeRequest> {
  const { owner } = caller;
  try {
    const continued = await withTextOf(given, parts);
    const place = await placeInChat(continued, owner, parts.chats);
    const { request: remembering, notes } = await withMemories(
      place?.request ?? continued,
      caller,
      parts.memory,
      signal,
    );
    const request = await bringIn(remembering, owner, parts.attachments, signal);
    return { request, place, notes };
  } catch (thrown) {
    throw signal.aborted ? cancellation() : thrown;
  }
}
