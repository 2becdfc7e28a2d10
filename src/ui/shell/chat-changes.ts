import { unwrap } from "../../../client/index.ts";
import { notify } from "../parts/toast.tsx";
import { toReason } from "../parts/failure.tsx";
import { chatRoute } from "../state/chat-route.ts";
import { queries } from "../state/queries.ts";

export interface ChatChange {
  readonly title?: string;
  readonly pinned?: boolean;
  readonly archived?: boolean;
}

/** Changes a stored chat, and what shows it. A failure is told, and nothing else has changed then. */
export async function changeChat(chatId: string, change: ChatChange): Promise<void> {
  try {
    await unwrap(chatRoute(chatId).patch(change));
  } catch (error) {
    notify({ text: toReason(error), isFailure: true });
  }
  await Promise.all([
    queries.invalidateQueries({ queryKey: ["chats"] }),
    queries.invalidateQueries({ queryKey: ["chat", chatId] }),
  ]);
}

export function tellArchived(chatId: string, title: string): void {
  notify({
    text: `“${title}” is archived.`,
    action: { label: "Undo", onSelect: () => void changeChat(chatId, { archived: false }) },
  });
}

/** The browser saves it: the session's cookie goes with it. */
export function downloadChat(chatId: string, format: "markdown" | "json"): void {
  const link = document.createElement("a");
  link.href = `/backend-api/v2/chats/${encodeURIComponent(chatId)}/export?format=${format}`;
  link.download = "";
  link.click();
}
