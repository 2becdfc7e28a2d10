import { useQuery } from "@tanstack/react-query";
import { isParleyError, unwrap } from "../../../client/index.ts";
import type { ChatInfo, ChatMessage } from "../../protocol/chats.ts";
import { chatRoute } from "../state/chat-route.ts";
import { queries } from "../state/queries.ts";
import { endAfterRead } from "./branch-choice.ts";
import { toTree, type Tree, withRead } from "./tree.ts";

/** A chat, with the whole tree of its messages. */
export interface ChatData extends ChatInfo {
  readonly messages: readonly ChatMessage[];
}

/** As many as the server gives at once. */
const pageSize = 500;

/** By chat, what is being read anew: what was asked for later is known later. */
const turns = new Map<string, Promise<void>>();

export function useChat(chatId: string | undefined) {
  return useQuery({
    queryKey: chatKey(chatId ?? ""),
    queryFn: () => readChat(chatId ?? ""),
    enabled: chatId !== undefined,
  });
}

export function findChat(chatId: string): ChatData | undefined {
  return queries.getQueryData<ChatData>(chatKey(chatId));
}

export function treeOf(chatId: string): Tree {
  return toTree(findChat(chatId)?.messages ?? []);
}

/** What this page shows of it; the server is told by whoever calls this. */
export function changeShownChat(chatId: string, change: (chat: ChatData) => ChatData): void {
  queries.setQueryData<ChatData>(chatKey(chatId), (chat) => chat && change(chat));
}

/** A chat that the server hears of with its first question. */
export function beginChat(chatId: string): void {
  const now = new Date().toISOString();
  queries.setQueryData<ChatData>(chatKey(chatId), {
    chat_id: chatId,
    title: null,
    title_by: null,
    pinned: false,
    archived: false,
    created_at: now,
    updated_at: now,
    current_id: null,
    messages: [],
  });
}

/** Reads what has come since, and what was being produced; all of it, where what was known is gone. Never throws. */
export function refreshChat(chatId: string): Promise<void> {
  const turn = (turns.get(chatId) ?? Promise.resolve()).then(() => readOn(chatId)).catch(() => readAnew(chatId));
  turns.set(chatId, turn);
  void turn.finally(() => turns.get(chatId) === turn && turns.delete(chatId));
  return turn;
}

/** The lists that chats stand in: their order, and their titles. */
export function refreshChats(): void {
  void queries.invalidateQueries({ queryKey: ["chats"] });
}

/** Of a long chat, the end of the branch that was looked at last is shown before the rest is there. */
async function readChat(chatId: string): Promise<ChatData> {
  const begunAt = performance.now();
  const first = await readPage(chatId, {});
  if (first.next === null) return toData(first, first.messages, begunAt);
  if (!findChat(chatId)) {
    const end = await readPage(chatId, { path: "current" });
    queries.setQueryData<ChatData>(chatKey(chatId), toData(end, end.messages, begunAt));
  }
  return readFrom(chatId, first.next, first.messages, begunAt);
}

async function readOn(chatId: string): Promise<void> {
  const messages = findChat(chatId)?.messages ?? [];
  const running = messages.findIndex(({ state }) => state === "running");
  const last = messages.at(running === -1 ? -1 : running - 1);
  // The first message is read by reading all.
  const read = await readFrom(chatId, running === 0 ? undefined : last?.message_id, [], performance.now());
  queries.setQueryData<ChatData>(chatKey(chatId), (chat) => ({
    ...read,
    messages: withRead(chat?.messages ?? [], read.messages),
  }));
}

async function readAnew(chatId: string): Promise<void> {
  await queries.invalidateQueries({ queryKey: chatKey(chatId) }).catch(() => {});
}

async function readFrom(
  chatId: string,
  from: string | undefined,
  before: readonly ChatMessage[],
  begunAt: number,
): Promise<ChatData> {
  const read = [...before];
  let cursor = from;
  for (;;) {
    const page = await readPage(chatId, cursor === undefined ? {} : { cursor });
    read.push(...page.messages);
    if (page.next === null) return toData(page, read, begunAt);
    cursor = page.next;
  }
}

function readPage(chatId: string, query: { readonly cursor?: string; readonly path?: string }) {
  return unwrap(chatRoute(chatId).get({ query: { ...query, limit: String(pageSize) } }));
}

function toData(
  { messages: _, next: __, ...info }: Awaited<ReturnType<typeof readPage>>,
  messages: readonly ChatMessage[],
  begunAt: number,
): ChatData {
  return { ...info, messages, current_id: endAfterRead(info.chat_id, info.current_id, begunAt) };
}

function chatKey(chatId: string) {
  return ["chat", chatId] as const;
}

/** Whether it is the chat that is missing, and not the way to it. */
export function isMissing(error: unknown): boolean {
  return isParleyError(error) && (error.code === "not_found" || error.code === "invalid_request");
}
