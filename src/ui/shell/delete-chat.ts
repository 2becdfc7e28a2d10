import { unwrap } from "../../../client/index.ts";
import type { ShareInfo } from "../../protocol/shares.ts";
import { chatRoute } from "../state/chat-route.ts";
import { client } from "../state/client.ts";
import { deleteLater, useDeletions } from "../state/deletions.ts";
import { queries } from "../state/queries.ts";

export interface ToDelete {
  readonly chatId: string;
  readonly title: string;
  readonly onUndo: () => void;
}

/** Deletes a chat once nobody can undo it any more. Whoever does so does not expect others to read it still. */
export function deleteChat({ chatId, title, onUndo }: ToDelete): void {
  const shares = sharesOf(chatId);
  deleteLater({
    key: keyOf(chatId),
    text: shares.length > 0 ? `“${title}” is deleted, and its link taken back.` : `“${title}” is deleted.`,
    queryKey: ["chats"],
    onUndo,
    async send(fetch) {
      // Side by side: a page that ends has no time for one after the other.
      await Promise.all([
        ...shares.map(({ share_id }) => unwrap(client.api.chat({ share_id }).delete(undefined, { fetch }))),
        unwrap(chatRoute(chatId).delete(undefined, { fetch })),
      ]);
      queries.removeQueries({ queryKey: ["chat", chatId] });
      void queries.invalidateQueries({ queryKey: ["shares"] });
    },
  });
}

/** Whether it is hidden, because it is to be deleted. */
export function useIsDeleted(): (chatId: string) => boolean {
  const keys = useDeletions((deletions) => deletions.keys);
  return (chatId) => keys.has(keyOf(chatId));
}

/** As far as is known here. */
function sharesOf(chatId: string): readonly ShareInfo[] {
  const known = queries.getQueryData<readonly ShareInfo[]>(["shares", "newest"]) ?? [];
  return known.filter(({ chat_id }) => chat_id === chatId);
}

function keyOf(chatId: string): string {
  return `chat ${chatId}`;
}
