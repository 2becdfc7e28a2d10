import { isParleyError, unwrap } from "../../../client/index.ts";
import { create } from "zustand";
import type { ShareInfo } from "../../protocol/shares.ts";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { client } from "../state/client.ts";
import { queries } from "../state/queries.ts";
import { refreshChat } from "./chat-changes.ts";

/**
 * Chats that are to be deleted once nobody can undo it any more: until then they are only hidden. A page that ends before
 * that sends what it still can, and what does not arrive is a chat that is still there.
 */
export const useDeleted = create<{ readonly ids: readonly string[] }>(() => ({ ids: [] }));

export interface ToDelete {
  readonly chatId: string;
  readonly title: string;
  readonly onUndo: () => void;
}

export function deleteChat({ chatId, title, onUndo }: ToDelete): void {
  useDeleted.setState(({ ids }) => ({ ids: [...ids, chatId] }));
  notify({
    text: sharesOf(chatId).length > 0 ? `“${title}” is deleted, and its link taken back.` : `“${title}” is deleted.`,
    action: {
      label: "Undo",
      onSelect() {
        keep(chatId);
        onUndo();
      },
    },
    onGone: () => void send(chatId),
  });
}

function keep(chatId: string): void {
  useDeleted.setState(({ ids }) => ({ ids: ids.filter((id) => id !== chatId) }));
}

async function send(chatId: string): Promise<void> {
  try {
    for (const { share_id } of sharesOf(chatId)) await unwrap(client.api.chat({ share_id }).delete());
    await unwrap(client.api.chats({ chat_id: chatId }).delete());
    queries.removeQueries({ queryKey: ["chat", chatId] });
  } catch (error) {
    if (!isParleyError(error) || error.code !== "not_found") notify({ text: toReason(error), isFailure: true });
  }
  await Promise.all([refreshChat(chatId), queries.invalidateQueries({ queryKey: ["shares"] })]);
  keep(chatId);
}

/** As far as is known here: whoever deletes a chat does not expect others to read it still. */
function sharesOf(chatId: string): readonly ShareInfo[] {
  const known = queries.getQueryData<readonly ShareInfo[]>(["shares", "newest"]) ?? [];
  return known.filter(({ chat_id }) => chat_id === chatId);
}

addEventListener("pagehide", () => {
  const outliving = { fetch: { keepalive: true } };
  for (const chatId of useDeleted.getState().ids) {
    for (const { share_id } of sharesOf(chatId)) void client.api.chat({ share_id }).delete(undefined, outliving);
    void client.api.chats({ chat_id: chatId }).delete(undefined, outliving);
  }
});
