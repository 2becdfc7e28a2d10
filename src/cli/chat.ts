import type { Command } from "commander";
import { ConfigError } from "../config/error.ts";
import { assertId } from "../protocol/ids.ts";
import { openServices, type Services } from "../services.ts";
import { createAttachments } from "./attachments.ts";
import { type Conversation, createConversation } from "./conversation/conversation.ts";
import { converse } from "./conversation/converse.ts";
import { createShow, showJson } from "./conversation/show.ts";
import { listNewest, readSaidSoFar } from "./conversation/stored.ts";
import {
  endWithOutput,
  questionCommand,
  type QuestionOptions,
  readQuestion,
  toExitCode,
  toQuestion,
} from "./question.ts";
import { readConfigOnce, withSettings } from "./settings.ts";

interface ChatOptions extends QuestionOptions {
  readonly json?: boolean;
  readonly chat?: string;
  readonly continue?: boolean;
  /** False with `--no-save`, `--no-history`. */
  readonly save: boolean;
  readonly history: boolean;
}

export function chatCommand(): Command {
  const command = questionCommand("chat")
    .description("talk with a model in the terminal, or ask one question; no server is needed")
    .option("--chat <id>", "go on with this stored chat, which is made if it is missing")
    .option("--continue", "go on with the chat in which something was said last")
    .option("--no-save", "keep nothing of the conversation")
    .option("--no-history", "neither read nor keep what is typed, which the arrow keys bring back")
    .option("--json", "print the events of one answer, one JSON object a line")
    .addHelpText("after", examples)
    .action(async (words: string[], options: ChatOptions & Record<string, unknown>) => {
      // The terminal belongs to the answer: only what matters is logged unless more was asked for.
      const config = readConfigOnce({ logLevel: "warn", ...options });
      const { model = null, provider = null, system, json = false, chat, save } = options;
      const isNamed = chat !== undefined || options.continue === true;
      if (isNamed && !save) throw new ConfigError("--no-save: a stored chat is kept; leave out --chat and --continue");
      const isTyped = words.length === 0 && process.stdin.isTTY && process.stdout.isTTY && !json;
      const isWeb = typeof options.web !== "string" || options.web === "auto";
      if (isTyped && isWeb) {
        await using services = openServices(config);
        const web = options.web ?? false;
        const conversation = createConversation(services, { model, provider, system, web, isKept: save });
        await goOn(services, conversation, options);
        await using attachments = createAttachments(services, save);
        const { attach = [], history } = options;
        return await converse({ services, conversation, attachments }, { attach, history });
      }
      const { text, sources, web_search } = await readQuestion("chat", words, options);
      await using services = openServices(config);
      // One question is kept where a chat is named for it.
      const conversation = createConversation(services, {
        model,
        provider,
        system,
        web: web_search ?? false,
        isKept: isNamed,
      });
      await goOn(services, conversation, options);
      await using attachments = createAttachments(services, isNamed);
      const question = await toQuestion(text, sources, attachments);
      const controller = new AbortController();
      endWithOutput(() => controller.abort());
      const reason = await conversation.ask(question, json ? showJson : createShow(services), controller.signal);
      process.exitCode = toExitCode(reason);
    });
  return withSettings(command);
}

const examples = `
Examples:
  parley chat                                  talk; /help shows what else there is to type
  parley chat -m gpt-5 --attach report.pdf     the same about a file
  parley chat "What can you do?"               one answer
  parley chat --continue "And in short?"       about what was said last
  tail app.log | parley chat "What broke?" -   one answer about what is piped in

A conversation is kept as a stored chat: it is on the page, and is found again. One question is kept where --chat or
--continue names a chat for it. Ctrl-C ends an answer; Ctrl-D leaves.
`;

/** @throws {ConfigError} where there is nothing to go on with; {ApiError} for an id that no chat may have */
async function goOn(
  { store: { chats } }: Services,
  conversation: Conversation,
  options: Pick<ChatOptions, "chat" | "continue">,
): Promise<void> {
  if (options.chat !== undefined) {
    assertId("--chat", options.chat);
    return conversation.begin(options.chat, await readSaidSoFar(chats, options.chat));
  }
  if (!options.continue) return;
  const [newest] = await listNewest(chats, 1);
  if (!newest) throw new ConfigError("--continue: there is no chat yet to go on with: parley chat begins one");
  conversation.begin(newest.chat_id, await readSaidSoFar(chats, newest.chat_id));
}
