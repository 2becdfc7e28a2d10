import { TypeCompiler } from "@sinclair/typebox/compiler";
import { explainError } from "../lib/schema.ts";
import { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";

const compiled = TypeCompiler.Compile(ChatRequest);

/** What a caller sent, as a request. @throws {ApiError} `invalid_request`, naming the field and never its value */
export function parseChatRequest(value: unknown): ChatRequest {
  if (compiled.Check(value)) return value;
  const error = compiled.Errors(value).First();
  throw new ApiError("invalid_request", error ? explainError(error) : "the body is no request");
}
