import { createCheck, explainMismatch } from "../lib/schema.ts";
import { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";

const compiled = createCheck(ChatRequest);

/** What a caller sent, as a request. @throws {ApiError} `invalid_request`, naming the field and never its value */
export function parseChatRequest(value: unknown): ChatRequest {
  if (!compiled.Check(value)) throw new ApiError("invalid_request", explainMismatch(compiled, value));
  const { messages, chat_id, parent_id, run_id, user } = value;
  if (messages.length === 0 && run_id == null && parent_id == null)
    throw new ApiError("invalid_request", "messages: expected an array with at least one message");
  if (chat_id != null) assertId("chat_id", chat_id);
  if (run_id != null) assertId("run_id", run_id);
  if (user != null) assertId("user", user);
  if (parent_id == null) return value;
  assertId("parent_id", parent_id);
  if (chat_id == null) throw new ApiError("invalid_request", "parent_id is of use with the chat_id of its chat alone");
  return value;
}
