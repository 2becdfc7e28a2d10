import { unwrap } from "../../../client/index.ts";
import type { ChatMessage } from "../../protocol/chats.ts";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { chatRoute } from "../state/chat-route.ts";
import { client } from "../state/client.ts";
import { noticeRefusal } from "../state/queries.ts";
import { chooseBranch, forgetBranch } from "./branch-choice.ts";
import { changeShownChat, findChat, refreshChat, refreshChats, treeOf } from "./chat-data.ts";
import { endComparison } from "./comparisons.ts";
import { focusComposer } from "./focus.ts";
import { endOfBranch, endOfSibling } from "./tree.ts";

/** Shows the wording after a message, or before it. */
export function showSibling(chatId: string, messageId: string, step: 1 | -1): void {
  const end = endOfSibling(treeOf(chatId), messageId, step);
  if (end !== null) void show(chatId, end);
}

/** Makes one of two answers the branch that goes on. */
export function keep(chatId: string, messageId: string): void {
  endComparison(chatId);
  focusComposer();
  void show(chatId, endOfBranch(treeOf(chatId), messageId) ?? messageId);
}

export async function remove(chatId: string, messageId: string): Promise<void> {
  await trying(async () => {
    await unwrap(
      chatRoute(chatId)
        .messages({ message_id: encodeURIComponent(messageId) })
        .delete(),
    );
    forgetBranch(chatId);
    changeShownChat(chatId, (chat) => ({ ...chat, messages: withoutBelow(chat.messages, messageId) }));
    endComparison(chatId);
    await refreshChat(chatId);
    refreshChats();
  });
}

export async function stop(messages: readonly ChatMessage[]): Promise<void> {
  await trying(async () => {
    const runIds = messages.flatMap(({ run_id }) => run_id ?? []);
    await Promise.all(runIds.map((run_id) => unwrap(client.api.runs({ run_id }).cancel.post())));
  });
}

/** At once; the server is told. */
async function show(chatId: string, endId: string): Promise<void> {
  await trying(() =>
    chooseBranch({
      chatId,
      endId,
      shown: findChat(chatId)?.current_id ?? null,
      show: (shownId) => changeShownChat(chatId, (chat) => ({ ...chat, current_id: shownId })),
    }),
  );
}

async function trying(doing: () => Promise<void>): Promise<void> {
  try {
    await doing();
  } catch (thrown) {
    noticeRefusal(thrown);
    notify({ text: toReason(thrown), isFailure: true });
  }
}

/** Each message comes after the one that it answers. */
function withoutBelow(messages: readonly ChatMessage[], messageId: string): readonly ChatMessage[] {
  const gone = new Set([messageId]);
  for (const { message_id, parent_id } of messages) if (gone.has(parent_id ?? "")) gone.add(message_id);
  return messages.filter(({ message_id }) => !gone.has(message_id));
}
