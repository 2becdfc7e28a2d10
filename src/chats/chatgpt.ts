import { arrayAt, at, isObject, type JsonObject, textAt } from "../lib/json.ts";
import type { NewChatMessage } from "../store/chat-messages.ts";
import { isTooLong, tooLong } from "./accept.ts";
import { toFence } from "./fence.ts";
import {
  type ImportedChat,
  type Node,
  toChatId,
  toMetadata,
  toMilliseconds,
  toName,
  toTitle,
  toTree,
} from "./imported.ts";

/**
 * A conversation of ChatGPT's export: `mapping` is the tree, of nodes some of which show nothing. What tools said becomes the
 * assistant's, since they are tools that nobody else has. Pictures are not in the export's JSON: where they stood is said.
 */
export function readChatgpt(document: JsonObject): ImportedChat {
  const { conversation_id, id, title, create_time, update_time, is_archived, is_starred, mapping, ...rest } = document;
  const skipped: string[] = [];
  const nodes = Object.entries(isObject(mapping) ? mapping : {}).map(([key, node]): Node => {
    const message = toMessage(at(node, "message"));
    const isKept = message !== undefined && !isTooLong(message);
    if (message && !isKept) skipped.push(`${key.slice(0, 50)}: ${tooLong}`);
    return { id: key, parent: textAt(node, "parent") ?? null, message: isKept ? message : undefined };
  });
  return {
    chat: {
      chat_id: toChatId(conversation_id ?? id, document),
      title: toTitle(title),
      title_by: toTitle(title) === null ? null : "model",
      pinned: is_starred === true ? 1 : 0,
      archived: is_archived === true ? 1 : 0,
      created_at: toMilliseconds(create_time),
      updated_at: toMilliseconds(update_time ?? create_time),
      metadata: toMetadata(Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value !== "object"))),
    },
    ...toTree(nodes, textAt(document, "current_node") ?? null),
    skipped,
  };
}

function toMessage(message: unknown): NewChatMessage | undefined {
  if (at(message, "metadata", "is_visually_hidden_from_conversation") === true) return undefined;
  const role = textAt(message, "author", "role");
  const text = toText(at(message, "content"));
  if (text.trim() === "") return undefined;
  const created = toMilliseconds(at(message, "create_time"));
  return {
    role: role === "user" || role === "system" ? role : "assistant",
    content: JSON.stringify(text),
    extra: "{}",
    model: toName(at(message, "metadata", "model_slug")),
    created_at: created,
    updated_at: toMilliseconds(at(message, "update_time")) ?? created,
  };
}

/** What is thought, and what ChatGPT is told of its users, are no part of what was said. */
function toText(content: unknown): string {
  const text = textAt(content, "text") ?? "";
  switch (textAt(content, "content_type")) {
    case "thoughts":
    case "reasoning_recap":
    case "user_editable_context":
    case "model_editable_context":
      return "";
    case "code":
      return text === "" ? "" : toFence(text, textAt(content, "language"));
    case "execution_output":
      return text === "" ? "" : toFence(text);
    case "tether_quote":
      return [textAt(content, "title"), textAt(content, "url"), text].filter(Boolean).join("\n");
    case "tether_browsing_display":
      return textAt(content, "result") ?? "";
    default:
      return [text, ...arrayAt(content, "parts").map(toPartText)].filter((part) => part !== "").join("\n\n");
  }
}

function toPartText(part: unknown): string {
  if (typeof part === "string") return part;
  const text = textAt(part, "text");
  if (text !== undefined) return text;
  const kind = textAt(part, "content_type") ?? "";
  if (kind.startsWith("image")) return "*(a picture)*";
  return kind.includes("audio") || kind.includes("video") ? "*(a recording)*" : "";
}
