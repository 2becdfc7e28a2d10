import { createContext, use } from "react";

export const ChatIdContext = createContext("");

/** The chat that is shown. */
export function useChatId(): string {
  return use(ChatIdContext);
}
