import { Columns2 } from "lucide-react";
import { ModelPicker } from "../models/model-picker.tsx";
import { IconButton } from "../parts/button.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import type { ChatData } from "./chat-data.ts";
import { ChatTitle } from "./chat-title.tsx";

export interface ChatHeaderProps {
  readonly chat: ChatData | undefined;
  /** Whether there is such a chat, or may be one. */
  readonly isThere: boolean;
}

/** The chat's title, who is asked, and what can be done with the chat. */
export function ChatHeader({ chat, isThere }: ChatHeaderProps) {
  const { choice, rival } = useAskOptions();
  const title = isThere ? (chat?.title ?? "New chat") : "No such chat";
  return (
    <header className="chat-header">
      <title>{`${title} · Parley`}</title>
      {chat ? <ChatTitle chat={chat} /> : <h1 className="visually-hidden">{title}</h1>}
      <div className="chat-models">
        <ModelPicker label="Model" value={choice} onChange={(next) => useAskOptions.setState({ choice: next })} />
        {rival && (
          <ModelPicker
            label="Second model"
            value={rival}
            onChange={(next) => useAskOptions.setState({ rival: next })}
          />
        )}
        <IconButton
          label="Compare two models"
          aria-pressed={rival !== undefined}
          onClick={() => useAskOptions.setState({ rival: rival ? undefined : choice })}
        >
          <Columns2 aria-hidden size={18} />
        </IconButton>
      </div>
    </header>
  );
}
