import { Ellipsis, FileJson, FileText, Pencil, Share2 } from "lucide-react";
import { useState } from "react";
import { IconButton } from "../parts/button.tsx";
import { Menu } from "../parts/menu.tsx";
import { ShareDialog } from "../shares/share-dialog.tsx";
import { downloadChat } from "../shell/chat-changes.ts";

export interface ChatMenuProps {
  readonly chatId: string;
  readonly onRename: () => void;
}

/** What can be done with the chat that is shown. */
export function ChatMenu({ chatId, onRename }: ChatMenuProps) {
  const [isShared, setIsShared] = useState(false);
  return (
    <>
      <Menu
        trigger={
          <IconButton label="What to do with this chat">
            <Ellipsis aria-hidden size={18} />
          </IconButton>
        }
        entries={[
          { label: "Share", icon: Share2, onSelect: () => setIsShared(true) },
          { label: "Rename", icon: Pencil, onSelect: onRename },
          { label: "Save as Markdown", icon: FileText, onSelect: () => downloadChat(chatId, "markdown") },
          { label: "Save as JSON", icon: FileJson, onSelect: () => downloadChat(chatId, "json") },
        ]}
      />
      <ShareDialog chatId={chatId} isOpen={isShared} onClose={() => setIsShared(false)} />
    </>
  );
}
