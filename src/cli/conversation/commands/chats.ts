import { writeFileSync } from "node:fs";
import { toHeading, toSection } from "../../../chats/markdown.ts";
import { fromHome } from "../../../config/directories.ts";
import { ConfigError } from "../../../config/error.ts";
import { print, printAside } from "../../../lib/log.ts";
import { toSafeName } from "../../../lib/safe-name.ts";
import { oneLine } from "../../../lib/text.ts";
import { textOf } from "../../../providers/content.ts";
import { assertWritable } from "../../output-file.ts";
import { toTable } from "../../table.ts";
import type { Said } from "../conversation.ts";
import type { Session, SlashCommand } from "../session.ts";
import { createShow } from "../show.ts";
import { listNewest, readSaid, readTitle } from "../stored.ts";
import { completePath, forgetGiven, splitWords } from "./attach.ts";

export const newCommand: SlashCommand = {
  name: "new",
  sentence: "begins a new conversation, with the same model",
  act(_, session) {
    session.conversation.begin();
    session.waiting = [];
    printAside("a new conversation\n");
  },
};

export const retryCommand: SlashCommand = {
  name: "retry",
  sentence: "asks the last question again, perhaps another model",
  async act(_, session, signal) {
    const reason = await session.conversation.retry(createShow(session.services), signal);
    forgetGiven(session);
    if (reason === undefined) throw new ConfigError("/retry: nothing was asked yet");
  },
};

/** So many are listed. */
const listedChats = 20;

export const chatsCommand: SlashCommand = {
  name: "chats",
  sentence: "lists the newest stored chats",
  async act(_, session) {
    const rows = await listNewest(session.services.store.chats, listedChats);
    session.listed = rows.map(({ chat_id }) => chat_id);
    if (rows.length === 0) return print("there is none yet\n");
    const toRow = ({ chat_id, title, updated_at }: (typeof rows)[number], index: number) => [
      String(index + 1),
      new Date(updated_at).toISOString().slice(0, 16).replace("T", " "),
      oneLine(title ?? "", 60),
      chat_id,
    ];
    print(toTable(["", "LAST", "TITLE", "ID"], rows.map(toRow)));
  },
};

export const openCommand: SlashCommand = {
  name: "open",
  argument: "<id>",
  sentence: "goes on with a stored chat: its id, or its number in /chats",
  async act(typed, session) {
    if (typed === "") throw new ConfigError("/open 1: name a chat; /chats lists them");
    const { conversation, services, listed } = session;
    if (conversation.chatId === undefined) throw new ConfigError("/open: nothing is kept here; leave out --no-save");
    const chatId = /^\d{1,2}$/.test(typed) ? (listed[Number(typed) - 1] ?? typed) : typed;
    conversation.begin(chatId, await readSaid(services.store.chats, chatId));
    session.waiting = [];
    await showLast(session);
  },
  async complete(_, { services }) {
    const rows = await listNewest(services.store.chats, listedChats);
    return rows.map(({ chat_id }) => chat_id);
  },
};

/** Where one was: the title, and the last that was asked and answered. */
export async function showLast({ conversation, services }: Session): Promise<void> {
  const { said, chatId = "" } = conversation;
  const title = await readTitle(services.store.chats, chatId);
  printAside(`${oneLine(title ?? chatId, 100)}, ${said.length} messages\n`);
  const at = said.findLastIndex(({ message }) => message.role === "user");
  for (const { message } of at === -1 ? [] : said.slice(at)) {
    const text = textOf(message.content).trim();
    if (message.role === "user") printAside(`> ${oneLine(text, 300)}\n`);
    else print(`${text}\n`);
  }
}

export const saveCommand: SlashCommand = {
  name: "save",
  argument: "[file]",
  sentence: "writes the conversation as Markdown",
  async act(typed, { conversation: { said, chatId }, services }) {
    if (said.length === 0) throw new ConfigError("/save: nothing was said yet");
    const stored = chatId === undefined ? null : await readTitle(services.store.chats, chatId);
    const title = stored ?? oneLine(textOf(said.find(({ message }) => message.role === "user")?.message.content), 80);
    const [named] = splitWords(typed);
    const file = named === undefined ? `${toSafeName(title)}.md` : fromHome(named);
    try {
      assertWritable(file, false);
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      throw new ConfigError(`/save: ${thrown.message.replace("--force writes over it", "name another")}`);
    }
    writeFileSync(file, toHeading(title) + said.map(toMarkdown).join(""), { flag: "wx" });
    printAside(`saved: ${file}\n`);
  },
  complete: completePath,
};

function toMarkdown({ message, model, at }: Said): string {
  const { role, content = null } = message;
  return toSection({ role, content: JSON.stringify(content), extra: "{}", model, created_at: at });
}
