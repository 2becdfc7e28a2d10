import { isObject, type JsonObject } from "../lib/json.ts";
import { assertChatId, maxMetadataBytes, maxTitleLength } from "../protocol/chats.ts";
import { assertId } from "../protocol/ids.ts";
import type { NewChatMessage } from "../store/chat-messages.ts";
import type { BroughtMessage, NewChat } from "../store/chats.ts";

export interface ImportedChat {
  readonly chat: NewChat;
  /** Parents before what answers them. */
  readonly messages: readonly BroughtMessage[];
  readonly current_id: string | null;
  /** Why messages were left out, each. */
  readonly skipped: readonly string[];
}

/** What a format knows of a message: `undefined` where there is nothing to show, as in roots and hidden instructions. */
export interface Node {
  readonly id: string;
  readonly parent: string | null;
  readonly message: NewChatMessage | undefined;
}

/** Nodes as messages, parents first; what has no message is left out, and what follows it moves up. */
export function toTree(nodes: readonly Node[], current: string | null): Pick<ImportedChat, "messages" | "current_id"> {
  const byId = new Map<string, Node>();
  for (const node of nodes) if (!byId.has(node.id)) byId.set(node.id, node);
  /** Of each node that was seen the message that stands for it. */
  const standing = new Map<string, string | null>();
  const messages: BroughtMessage[] = [];
  for (const node of byId.values()) {
    const above: Node[] = [];
    for (let each: Node | undefined = node; each && !standing.has(each.id); each = byId.get(each.parent ?? "")) {
      // Seen, even before it is known what stands for it: in a circle the first is a root.
      standing.set(each.id, null);
      above.push(each);
    }
    for (const { id, parent, message } of above.toReversed()) {
      const parentId = (parent === null ? undefined : standing.get(parent)) ?? null;
      const messageId = toMessageId(id);
      standing.set(id, message ? messageId : parentId);
      if (message) messages.push({ ...message, message_id: messageId, parent_id: parentId });
    }
  }
  const shown = current === null ? undefined : standing.get(current);
  return { messages, current_id: shown ?? messages.at(-1)?.message_id ?? null };
}

/** A time in whatever form it comes: ISO 8601, seconds or milliseconds since 1970. */
export function toMilliseconds(value: unknown): number | undefined {
  const given = typeof value === "string" ? Date.parse(value) : typeof value === "number" ? value : Number.NaN;
  // As seconds, it would be later than the year 5000.
  const milliseconds = Math.round(typeof value === "number" && given < 1e11 ? given * 1000 : given);
  return milliseconds >= 0 && milliseconds <= 8.64e15 ? milliseconds : undefined;
}

export function toTitle(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, maxTitleLength).toWellFormed() : null;
}

/** An id of the import's own, where a chat may have it; else one that is the same each time. */
export function toChatId(value: unknown, source: unknown): string {
  return typeof value === "string" && passes(() => assertChatId(value))
    ? value
    : `chat_${digest(JSON.stringify(value ?? source))}`;
}

function toMessageId(id: string): string {
  return passes(() => assertId("message_id", id)) ? id : `msg_${digest(id)}`;
}

function passes(assert: () => void): boolean {
  try {
    assert();
    return true;
  } catch {
    return false;
  }
}

export function digest(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text.toWellFormed()).digest("base64url").slice(0, 22);
}

/** What has no place of its own, as JSON; nothing where that is too much. */
export function toMetadata(rest: JsonObject): string {
  const text = JSON.stringify(rest);
  return Buffer.byteLength(text) > maxMetadataBytes ? "{}" : text;
}

/** JSON of an object that is not too long, or null. */
export function toUsage(value: unknown): string | null {
  const text = isObject(value) ? JSON.stringify(value) : "";
  return text !== "" && text.length <= maxMetadataBytes ? text : null;
}

/** A name of a provider or a model. */
export function toName(value: unknown): string | null {
  return typeof value === "string" && value !== "" && value.length <= 256 ? value.toWellFormed() : null;
}
