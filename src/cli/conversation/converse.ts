import { ConfigError } from "../../config/error.ts";
import { printAside, printError } from "../../lib/log.ts";
import { ApiError } from "../../protocol/errors.ts";
import { toUserMessage } from "../question.ts";
import { attach, forgetGiven } from "./commands/attach.ts";
import { showLast } from "./commands/chats.ts";
import { completeTyped, findCommand } from "./commands.ts";
import { noHistory, openTypedHistory } from "./history.ts";
import { openPrompt } from "./prompt.ts";
import type { Session } from "./session.ts";
import { createShow } from "./show.ts";
import type { Typed } from "./message-lines.ts";

export interface ConverseOptions {
  /** What goes with the first question. */
  readonly attach: readonly string[];
  readonly history: boolean;
}

/** Talks with the person at the terminal until they leave. */
export async function converse(
  begun: Pick<Session, "services" | "conversation" | "attachments">,
  { attach: sources, history }: ConverseOptions,
): Promise<void> {
  const session: Session = { ...begun, waiting: [], listed: [], isOver: false };
  const { services, conversation } = session;
  if (sources.length > 0) await attach(sources, session, new AbortController().signal);
  const typed = history ? openTypedHistory(services.config.data_dir) : noHistory;
  using prompt = openPrompt(typed, (line) => completeTyped(line, session));
  printAside("/help shows what there is to type; Ctrl-C ends an answer, Ctrl-D leaves\n");
  if (conversation.said.length > 0) await showLast(session);
  while (!session.isOver) {
    const message = await prompt.read();
    if (!message) break;
    await prompt.during((signal) => answer(message, session, signal).catch(tell));
  }
  if (conversation.chatId !== undefined && conversation.said.length > 0)
    printAside(`kept: parley chat --continue, or --chat ${conversation.chatId}, goes on with it\n`);
}

async function answer({ text, isLine }: Typed, session: Session, signal: AbortSignal): Promise<void> {
  const found = isLine ? findCommand(text) : undefined;
  if (found) return found.command.act(found.argument, session, signal);
  const { conversation, services, waiting } = session;
  await conversation.ask(toUserMessage(text, waiting), createShow(services), signal);
  forgetGiven(session);
}

/** What goes wrong with one message ends nothing else. */
function tell(thrown: unknown): void {
  if (!(thrown instanceof ApiError || thrown instanceof ConfigError)) throw thrown;
  if (thrown instanceof ApiError && thrown.reason === "cancelled") return printAside("cancelled\n");
  printError(`parley: ${thrown.message}\n`);
}
