import { isObject, tryParseJson } from "../../lib/json.ts";
import type { AskedMessage, ChatRequest } from "../../protocol/chat.ts";
import { assertChatId } from "../../protocol/chats.ts";
import { ApiError } from "../../protocol/errors.ts";
import { isSystem, textOf } from "../../providers/content.ts";
import type { ChatMessageRow } from "../../store/chat-messages.ts";
import type { ChatTable } from "../../store/chats.ts";
import { withoutSourceLists } from "../search/earlier-sources.ts";

/** A request, and where it belongs in its chat. */
export interface ChatPlace {
  readonly chatId: string;
  /** With what stands before it. */
  readonly request: ChatRequest;
  /** The message of the chat that `own` come after. */
  readonly parent: ChatMessageRow | undefined;
  /** The request's own messages, without instructions: those may change, and are the caller's to send. */
  readonly own: readonly AskedMessage[];
  /** What the answer goes on from, without its sources, which follow it once more. */
  readonly before: string;
}

type Chats = Pick<ChatTable, "find" | "path">;

/**
 * Where a request belongs, if it names a chat. With `parent_id` its messages come after what stands in the chat up to
 * there.
 *
 * @throws {ApiError} `not_found`, `still_running`, `invalid_request`
 */
export async function placeInChat(request: ChatRequest, owner: string, chats: Chats): Promise<ChatPlace | undefined> {
  const { chat_id: chatId, parent_id: parentId } = request;
  if (chatId == null) return undefined;
  // What chats are not read under, none is made under.
  assertChatId(chatId);
  const history = parentId == null ? [] : await readHistory(owner, chatId, parentId, chats);
  const past = history.map(toMessage);
  const own = request.messages.filter((message) => !isSystem(message));
  const messages = [...request.messages.filter(isSystem), ...past.filter(saysSomething), ...own];
  const place = {
    chatId,
    // Of who names no parent, the order is left as it is.
    request: parentId == null ? request : { ...request, ...stateOf(request, history), messages },
    parent: history.at(-1),
    own,
    before: "",
  };
  const last = own.at(-1) ?? past.at(-1);
  if (last?.role !== "assistant") return place;
  if (request.action === "continue") {
    const above = own.length > 0 ? { own: own.slice(0, -1) } : { parent: history.at(-2) };
    return { ...place, ...above, before: withoutSourceLists(textOf(last.content)) };
  }
  if (own.length === 0)
    throw new ApiError(
      "invalid_request",
      'messages: parent_id names an answer; say something, or "action": "continue"',
    );
  return place;
}

/** An answer that failed at once did not, and vendors refuse a message that is empty. */
function saysSomething({ role, content, tool_calls }: AskedMessage): boolean {
  return role !== "assistant" || (content ?? "").length > 0 || (tool_calls ?? []).length > 0;
}

async function readHistory(owner: string, chatId: string, parentId: string, chats: Chats): Promise<ChatMessageRow[]> {
  const chat = await chats.find(owner, chatId);
  const path = chat ? await chats.path(chat, parentId) : [];
  const last = path.at(-1);
  if (!last) throw new ApiError("not_found", "parent_id: the chat has no such message");
  if (last.state === "running") throw new ApiError("still_running", "parent_id: this message is still being produced");
  return path;
}

/** A stored message as it is sent to a model: what was thought, and what it cost, is not. */
export function toMessage({ role, content, extra }: ChatMessageRow): AskedMessage {
  const { name, tool_calls, tool_call_id } = objectIn(extra);
  // It was checked when it came, or is ours.
  return {
    role,
    content: tryParseJson(content) ?? null,
    ...(name !== undefined && { name }),
    ...(tool_calls !== undefined && { tool_calls }),
    ...(tool_call_id !== undefined && { tool_call_id }),
  } as AskedMessage;
}

/** What the provider of the last answer wanted back, unless the caller sends it. */
function stateOf({ conversation }: ChatRequest, history: readonly ChatMessageRow[]): Partial<ChatRequest> {
  const last = history.findLast(({ role }) => role === "assistant");
  const state = conversation == null && last ? toState(last) : undefined;
  return state ? { conversation: state } : {};
}

/** What a provider wants back with the question after its answer. */
export function toState({ extra }: ChatMessageRow): Record<string, unknown> | undefined {
  const { conversation } = objectIn(extra);
  return isObject(conversation) ? { ...conversation } : undefined;
}

function objectIn(json: string): Readonly<Record<string, unknown>> {
  const value = tryParseJson(json);
  return isObject(value) ? value : {};
}
