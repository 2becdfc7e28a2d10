import type { ChatRequest } from "../protocol/chat.ts";

/** What is asked in another's API, as a conversation, whose model may be `Provider/model`. The engine has still to check it. */
export interface Asked extends Omit<ChatRequest, "messages"> {
  readonly messages: readonly unknown[];
}
