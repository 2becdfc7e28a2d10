import { createCheck, explainMismatch } from "../lib/schema.ts";
import { AskedMessage } from "../protocol/chat.ts";
import { maxMessageBytes } from "../protocol/chats.ts";
import { ApiError } from "../protocol/errors.ts";
import { type NewChatMessage, toNewMessage } from "../store/chat-messages.ts";

/** Messages as they are kept. @throws {ApiError} `body_too_large` for one that is longer than any may be */
export function acceptMessages(messages: readonly AskedMessage[]): NewChatMessage[] {
  return messages.map((message, index) => {
    const kept = toNewMessage(message);
    if (isTooLong(kept)) throw new ApiError("body_too_large", `messages[${index}] is ${tooLong}`);
    return kept;
  });
}

const compiled = createCheck(AskedMessage);
export const tooLong = `longer than ${maxMessageBytes} bytes`;

/** A message of an import as it is kept, or why it cannot be. */
export function readMessage(value: unknown): NewChatMessage | string {
  if (!compiled.Check(value)) return explainMismatch(compiled, value, "the message");
  const message = toNewMessage(value);
  return isTooLong(message) ? tooLong : message;
}

export function isTooLong({ content, extra }: NewChatMessage): boolean {
  return Buffer.byteLength(content) + Buffer.byteLength(extra) > maxMessageBytes;
}

/** What no file on disk can hold is refused, rather than changed. @throws {ApiError} `invalid_request` */
export function assertTitle(title: string | null | undefined): void {
  if (title?.isWellFormed() === false) throw new ApiError("invalid_request", "title: expected well-formed Unicode");
}
