import { TypeCompiler } from "@sinclair/typebox/compiler";
import { explainMismatch } from "../lib/schema.ts";
import { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";

const compiled = TypeCompiler.Compile(ChatRequest);

/** What a caller sent, as a request. @throws {ApiError} `invalid_request`, naming the field and never its value */
export function parseChatRequest(value: unknown): ChatRequest {
  if (!compiled.Check(value)) throw new ApiError("invalid_request", explainMismatch(compiled, value));
  const { messages, chat_id, run_id } = value;
  if (messages.length === 0 && run_id == null)
    throw new ApiError("invalid_request", "messages: expected an array with at least one message");
  if (chat_id != null) assertId("chat_id", chat_id);
  if (run_id != null) assertId("run_id", run_id);
  return value;
}
