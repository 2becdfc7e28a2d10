import {
  Archive,
  ArchiveRestore,
  Ellipsis,
  FileJson,
  FileText,
  Pencil,
  Pin,
  PinOff,
  Share2,
  Trash2,
} from "lucide-react";
import type { ChatInfo } from "../../protocol/chats.ts";
import { IconButton } from "../parts/button.tsx";
import { Menu } from "../parts/menu.tsx";
import { type ChatChange, downloadChat } from "./chat-changes.ts";
import { titleOf } from "../state/chat-path.ts";

export interface ChatMenuProps {
  readonly chat: ChatInfo;
  readonly onChange: (change: ChatChange) => void;
  readonly onRename: () => void;
  readonly onShare: () => void;
  readonly onDelete: () => void;
}

/** What can be done with a stored chat. */
export function ChatMenu({ chat, onChange, onRename, onShare, onDelete }: ChatMenuProps) {
  const { chat_id: id, pinned, archived } = chat;
  const title = titleOf(chat);
  return (
    <Menu
      trigger={
        <IconButton label={`What to do with “${title}”`} title="More" className="chat-row-more">
          <Ellipsis aria-hidden size={16} />
        </IconButton>
      }
      entries={[
        {
          label: pinned ? "Unpin" : "Pin",
          icon: pinned ? PinOff : Pin,
          onSelect: () => onChange({ pinned: !pinned }),
        },
        { label: "Rename", icon: Pencil, onSelect: onRename },
        { label: "Share", icon: Share2, onSelect: onShare },
        { label: "Save as Markdown", icon: FileText, onSelect: () => downloadChat(id, "markdown") },
        { label: "Save as JSON", icon: FileJson, onSelect: () => downloadChat(id, "json") },
        archived
          ? {
              label: "Take out of the archive",
              icon: ArchiveRestore,
              onSelect: () => onChange({ archived: false }),
            }
          : { label: "Archive", icon: Archive, onSelect: () => onChange({ archived: true }) },
        { label: "Delete", icon: Trash2, isDanger: true, onSelect: onDelete },
      ]}
    />
  );
}
