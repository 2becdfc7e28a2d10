import { PanelLeftOpen, Search, SquarePen } from "lucide-react";
import { Link, useLocation } from "wouter";
import { IconButton } from "../parts/button.tsx";
import { NewChatLink } from "./new-chat-link.tsx";
import { pages } from "./pages.ts";
import { focusSearch } from "./shell-state.ts";
import { toggleSidebar } from "./toggle-sidebar.ts";

/** What is left of the sidebar while it is put away. */
export function Rail() {
  const [path] = useLocation();
  return (
    <div className="rail">
      <IconButton id="sidebar-toggle" label="Show the sidebar" aria-expanded={false} onClick={toggleSidebar}>
        <PanelLeftOpen aria-hidden size={18} />
      </IconButton>
      <NewChatLink className="quiet icon new-chat" label="New chat">
        <SquarePen aria-hidden size={18} />
      </NewChatLink>
      <IconButton label="Search your chats" onClick={focusSearch}>
        <Search aria-hidden size={18} />
      </IconButton>
      <nav aria-label="Pages">
        {pages.map(({ path: target, label, icon: Icon }) => (
          <Link
            key={target}
            href={target}
            className="button quiet icon"
            aria-label={label}
            title={label}
            aria-current={path === target ? "page" : undefined}
          >
            <Icon aria-hidden size={18} />
          </Link>
        ))}
      </nav>
    </div>
  );
}
