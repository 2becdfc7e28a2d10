import { isParleyError, unwrap } from "../../../client/index.ts";
import type { ShareInfo } from "../../protocol/shares.ts";
import { toReason } from "../parts/failure.tsx";
import { notify } from "../parts/toast.tsx";
import { readSharesOf } from "../shares/shares-query.ts";
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
  let shares = sharesOf(chatId);
  void readSharesOf(chatId).then(
    (read) => void (shares = read),
    () => {},
  );
  deleteLater({
    key: keyOf(chatId),
    text: shares.length > 0 ? `“${title}” is deleted, and its link taken back.` : `“${title}” is deleted.`,
    queryKey: ["chats"],
    onUndo,
    async send(fetch) {
      // A page that ends has no time to ask, nor for one after the other.
      if (!fetch.keepalive) shares = await readSharesOf(chatId);
      const [chat, ...links] = await Promise.allSettled([
        unwrap(chatRoute(chatId).delete(undefined, { fetch })),
        ...shares.map(({ share_id }) => unwrap(client.api.chat({ share_id }).delete(undefined, { fetch }))),
      ]);
      if (isGone(chat)) queries.removeQueries({ queryKey: ["chat", chatId] });
      void queries.invalidateQueries({ queryKey: ["shares"] });
      const kept = links.find((link) => link.status === "rejected" && !isGone(link));
      if (kept?.status === "rejected")
        notify({ text: `A link of “${title}” could not be taken back. ${toReason(kept.reason)}`, isFailure: true });
      if (chat.status === "rejected") throw chat.reason;
    },
  });
}

/** Whether it is hidden, because it is to be deleted. */
export function useIsDeleted(): (chatId: string) => boolean {
  const keys = useDeletions((deletions) => deletions.keys);
  return (chatId) => keys.has(keyOf(chatId));
}

function isGone(result: PromiseSettledResult<unknown>): boolean {
  return result.status === "fulfilled" || (isParleyError(result.reason) && result.reason.code === "not_found");
}

/** As far as is known at once. */
function sharesOf(chatId: string): readonly ShareInfo[] {
  const known = queries.getQueryData<readonly ShareInfo[]>(["shares", "newest"]) ?? [];
  return known.filter(({ chat_id }) => chat_id === chatId);
}

function keyOf(chatId: string): string {
  return `chat ${chatId}`;
}
