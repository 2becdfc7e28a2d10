import { setImmediate as turn } from "node:timers/promises";
import type { ChatRow, ChatTable } from "../store/chats.ts";
import { toChatMembers, toMessageJson } from "./document.ts";

/** How many are read until others get their turn. */
const step = 100;

/** A chat with all its messages, as `own.ts` reads it again: the object of the API's own answers. */
export async function* exportChat(chats: ChatTable, chat: ChatRow): AsyncGenerator<string> {
  yield `{${toChatMembers(chat)},"messages":[`;
  for (let last = 0, separator = ""; ; separator = ",") {
    const rows = await chats.messages(chat, last, step);
    if (rows.length === 0) break;
    last = rows.at(-1)?.id ?? last;
    yield separator + rows.map(toMessageJson).join(",\n");
    await turn();
  }
  yield "]}";
}

/** All chats of an owner, as an array. */
export async function* exportAll(chats: ChatTable, owner: string): AsyncGenerator<string> {
  yield "[";
  for (let last = 0, separator = "\n"; ;) {
    const rows = await chats.listAll(owner, last, step);
    if (rows.length === 0) break;
    for (const chat of rows) {
      yield separator;
      yield* exportChat(chats, chat);
      last = chat.id;
      separator = ",\n";
    }
  }
  yield "\n]\n";
}
