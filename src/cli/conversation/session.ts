import type { Services } from "../../services.ts";
import type { AskedPart } from "../../protocol/chat.ts";
import type { Attachments } from "../attachments.ts";
import type { Conversation } from "./conversation.ts";

/** One sitting at the terminal. */
export interface Session {
  readonly services: Services;
  readonly conversation: Conversation;
  readonly attachments: Attachments;
  /** What goes with the next question. */
  waiting: AskedPart[];
  /** Ids of chats as they were listed last: the first is called 1. */
  listed: readonly string[];
  isOver: boolean;
}

/** What may be typed after a `/`. */
export interface SlashCommand {
  readonly name: string;
  /** As the help shows it. */
  readonly argument?: string;
  readonly sentence: string;
  /** @throws {ApiError} and {ConfigError} for what the person is told */
  act(argument: string, session: Session, signal: AbortSignal): Promise<void> | void;
  /** What the last word of an argument may become. */
  complete?(start: string, session: Session): Promise<readonly string[]> | readonly string[];
}
