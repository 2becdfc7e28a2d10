import type { Static } from "@sinclair/typebox";
import type { AddedMessages } from "../../protocol/chats.ts";

export type StoredBranch = Static<typeof AddedMessages>;
type Stored = StoredBranch["messages"][number];

export interface Publishing {
  /** Its version; later ones are greater. */
  readonly updated: number;
  /** Whether it is to keep up with its chat. */
  readonly isLive: boolean;
}

/**
 * A chat's branch as it is published: what was said, by whom, and nothing else that is kept of it: no instructions, no usage.
 * `chat_id` and `live` are for the list of one's own shares.
 */
export function toShareDocument({ chat_id, title, messages }: StoredBranch, { updated, isLive }: Publishing) {
  return {
    updated,
    chat_id,
    live: isLive,
    title: title ?? "",
    messages: messages.filter(isSaid).map(({ message_id, parent_id, message, provider, model, created_at }) => ({
      message_id,
      parent_id,
      message: { ...message, content: withAddresses(message.content) },
      provider,
      model,
      created_at,
    })),
  };
}

/** Instructions are not what was said, and an answer that has not begun is none. */
function isSaid({ message: { role, content }, state }: Stored): boolean {
  const isEmpty = content === null || content === undefined || content.length === 0;
  return role !== "system" && role !== "developer" && !(isEmpty && state === "running");
}

/** Media of buckets get the address under which the share's readers find them: those that a document names are published. */
function withAddresses(content: Stored["message"]["content"]) {
  if (!Array.isArray(content)) return content;
  return content.map((part) =>
    "bucket_id" in part && part.name ? { ...part, url: toAddress(part.bucket_id, part.name) } : part,
  );
}

function toAddress(bucketId: string, name: string): string {
  return `/files/${encodeURIComponent(bucketId)}/media/${encodeURIComponent(name)}`;
}
