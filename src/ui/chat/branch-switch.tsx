import { ChevronLeft, ChevronRight } from "lucide-react";
import { IconButton } from "../parts/button.tsx";
import { showSibling } from "./actions.ts";
import { useChatId } from "./chat-id.ts";
import type { Shown } from "./tree.ts";

/** Leads to the other wordings of a message, where there are any. */
export function BranchSwitch({ message: { message_id: id }, place, count }: Shown) {
  const chatId = useChatId();
  if (count < 2) return null;
  return (
    <div className="chat-branches" role="group" aria-label="Branches">
      <IconButton label="Previous branch" aria-disabled={place === 1} onClick={() => showSibling(chatId, id, -1)}>
        <ChevronLeft aria-hidden size={16} />
      </IconButton>
      <span>
        {place} / {count}
      </span>
      <IconButton label="Next branch" aria-disabled={place === count} onClick={() => showSibling(chatId, id, 1)}>
        <ChevronRight aria-hidden size={16} />
      </IconButton>
    </div>
  );
}
