import type { AskedPart } from "../../protocol/chat.ts";
import { type Attachment, toParts } from "./attachment.ts";

/** What a message says, as a request takes it and a chat keeps it. */
export type MessageContent = string | AskedPart[];

/** What somebody wrote, with what was attached. */
export interface Question {
  readonly content: MessageContent;
}

/** Files stand before the words, which are about them. */
export function toQuestion(text: string, attachments: readonly Attachment[]): Question {
  const words = text.trim();
  const parts = attachments.flatMap(toParts);
  if (parts.length === 0) return { content: words };
  return { content: [...parts, ...(words === "" ? [] : [{ type: "text" as const, text: words }])] };
}
