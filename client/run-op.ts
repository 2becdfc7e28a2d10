import type { ChannelOp, maxFrameBytes } from "../src/protocol/channel.ts";
import type { ChatRequest } from "../src/protocol/chat.ts";
import { ParleyError } from "./errors.ts";
import { createToken } from "./token.ts";

/** The server ends a socket for more. */
const maxBytes: typeof maxFrameBytes = 1_048_576;
/** As long as those of a channel become. */
const anyId = "x".repeat(16);

/** What a run of a channel begins with: a question, or a run that there is. */
export type Beginning =
  | { readonly request: ChatRequest }
  | { readonly runId: string; readonly after?: number | undefined; readonly isFed?: boolean };

/** A question, under whatever id it is asked; with the same key each time, if it is to outlive a connection. */
export type ToRunOp = (id: string) => Extract<ChannelOp, { op: "run" }>;

/**
 * A run whose `accepted` was lost may be there: its key finds it. Without one it would be asked, and paid for, twice.
 */
export function createRunOp(request: ChatRequest): ToRunOp {
  const key = (request.resumable ?? true) ? { idempotency_key: createToken() } : {};
  return (id) => ({ op: "run", id, request, ...key });
}

/** @throws {ParleyError} `body_too_large` @throws {TypeError} for what JSON cannot hold */
export function assertFits(toOp: ToRunOp): void {
  if (new TextEncoder().encode(JSON.stringify(toOp(anyId))).length > maxBytes)
    throw new ParleyError("body_too_large", "a channel takes questions of up to 1 MiB: ask this one with client.chat");
}
