import { arrayAt, at, isObject, type JsonObject, textAt } from "../lib/json.ts";
import type { MessageState, NewChatMessage } from "../store/chat-messages.ts";
import type { TitleBy } from "../store/chats.ts";
import { readMessage } from "./accept.ts";
import {
  digest,
  type ImportedChat,
  type Node,
  toChatId,
  toMetadata,
  toMilliseconds,
  toName,
  toTitle,
  toTree,
  toUsage,
} from "./imported.ts";

/** A chat as `export.ts` writes it. */
export function readOwn(document: JsonObject): ImportedChat {
  const skipped: string[] = [];
  const { chat_id, title, title_by, pinned, archived, created_at, updated_at, metadata } = document;
  const nodes = arrayAt(document, "messages").map((entry, index): Node => {
    const message = toMessage(entry);
    if (typeof message === "string") skipped.push(`messages[${index}]: ${message}`);
    const id = toName(at(entry, "message_id")) ?? `msg_${digest(`${index}${JSON.stringify(entry)}`)}`;
    return {
      id,
      parent: textAt(entry, "parent_id") ?? null,
      message: typeof message === "string" ? undefined : message,
    };
  });
  return {
    chat: {
      chat_id: toChatId(chat_id, document),
      // A person may have chosen an empty one.
      title: title === "" ? "" : toTitle(title),
      title_by: typeof title !== "string" ? null : (makers.find((each) => each === title_by) ?? "user"),
      pinned: pinned === true ? 1 : 0,
      archived: archived === true ? 1 : 0,
      created_at: toMilliseconds(created_at),
      updated_at: toMilliseconds(updated_at),
      metadata: isObject(metadata) ? toMetadata(metadata) : "{}",
    },
    ...toTree(nodes, textAt(document, "current_id") ?? null),
    skipped,
  };
}

const makers: readonly TitleBy[] = ["words", "model", "user"];
/** Nothing runs on in an import. */
const states: readonly MessageState[] = ["done", "cancelled", "failed"];

/** The message, or why it is none. Whose run it was is left out: a run answers in one place alone. */
function toMessage(entry: unknown): NewChatMessage | string {
  const message = readMessage(at(entry, "message"));
  if (typeof message === "string") return message;
  const state = at(entry, "state");
  return {
    ...message,
    state: state === undefined ? "done" : (states.find((each) => each === state) ?? "interrupted"),
    provider: toName(at(entry, "provider")),
    model: toName(at(entry, "model")),
    usage: toUsage(at(entry, "usage")),
    created_at: toMilliseconds(at(entry, "created_at")),
    updated_at: toMilliseconds(at(entry, "updated_at")),
  };
}
