import type { AskedMessage, ChatRequest } from "../../protocol/chat.ts";
import type { AskOptions, ModelChoice } from "../state/ask-options.ts";

/** What is asked, and where in its chat. */
export interface Asking {
  readonly chatId: string;
  /** What it comes after; null at the beginning. */
  readonly parentId: string | null;
  /** Nothing where the message that it comes after is answered once more, or gone on from. */
  readonly content: AskedMessage["content"] | undefined;
  readonly action?: "continue" | undefined;
  readonly choice: ModelChoice;
}

/** How it is asked, by the options of this browser, with the keys that are kept here. */
export function toRequest(
  { chatId, parentId, content, action, choice }: Asking,
  { webSearch, memory, tools, system, parameters }: Omit<AskOptions, "choice" | "rival">,
  keys: Readonly<Record<string, string>>,
): ChatRequest {
  const messages: AskedMessage[] = [];
  if (system.trim() !== "") messages.push({ role: "system", content: system });
  if (content !== undefined) messages.push({ role: "user", content });
  const needed = keysFor(choice, keys);
  return {
    ...parameters,
    chat_id: chatId,
    messages,
    resumable: true,
    ...(parentId !== null && { parent_id: parentId }),
    ...(action && { action }),
    ...(choice.provider && { provider: choice.provider }),
    ...(choice.model && { model: choice.model }),
    ...(webSearch !== false && { web_search: webSearch }),
    ...(memory && { memory }),
    ...(tools && { mcp: [...tools] }),
    ...(needed && { api_key: needed }),
  };
}

/** A key leaves the browser only where the one that it is for may be asked. */
function keysFor(
  { provider }: ModelChoice,
  keys: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  const needed = Object.entries(keys).filter(([name]) => !provider || name === provider);
  return needed.length === 0 ? undefined : Object.fromEntries(needed);
}
