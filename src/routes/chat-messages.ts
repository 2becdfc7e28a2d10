import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { acceptMessages } from "../chats/accept.ts";
import { toChatMembers, toMessageJson } from "../chats/document.ts";
import { getChat, getMessage } from "../chats/lookup.ts";
import { jsonText } from "../http/json-text.ts";
import { typedBody } from "../http/json-body.ts";
import { upTo } from "../http/query.ts";
import { AddedMessages, ChatPage, EditedMessage, NewChatMessages } from "../protocol/chats.ts";
import { Done } from "../protocol/resources.ts";
import type { Services } from "../services.ts";
import type { ChatMessageRow } from "../store/chat-messages.ts";
import type { Appended, ChatRow } from "../store/chats.ts";

const params = Type.Object({ chat_id: Type.String() });
const messageParams = Type.Object({ chat_id: Type.String(), message_id: Type.String() });

/** The messages of a stored chat. */
export function chatMessages({ store: { chats }, access, config, clock }: Services) {
  return new Elysia()
    .get(
      "/backend-api/v2/chats/:chat_id",
      async ({ params, query: { path, limit = "200", cursor = "" }, request }) => {
        const chat = await getChat(chats, access.caller(request).owner, params.chat_id);
        const { rows, next } =
          path === undefined
            ? await readOn(chat, cursor, Number(limit))
            : await readBranch(chat, cursor || path, Number(limit));
        const messages = rows.map(toMessageJson).join();
        return jsonText(`{${toChatMembers(chat)},"messages":[${messages}],"next":${JSON.stringify(next)}}`);
      },
      {
        params,
        query: Type.Object({
          path: Type.Optional(Type.String()),
          limit: upTo(500),
          cursor: Type.Optional(Type.String()),
        }),
        response: answers({ 200: ChatPage }),
        detail: {
          summary: "A chat and its messages, each after the one that it answers",
          description:
            "With `?path=current`, or a message's id, those of the branch that ends there: its end first, and what was " +
            "said before by `cursor`, which is the `next` of another page. A page may be shorter than `limit`.",
        },
      },
    )
    .post(
      "/backend-api/v2/chats/:chat_id/messages",
      async ({ params, body: { parent_id, messages }, request }) => {
        const { owner } = access.caller(request);
        const chat = await getChat(chats, owner, params.chat_id);
        const parent = parent_id == null ? parent_id : (await getMessage(chats, chat, parent_id, "parent_id")).id;
        return toAnswer(await chats.append(owner, chat.chat_id, parent, acceptMessages(messages), clock()));
      },
      {
        params,
        ...typedBody(NewChatMessages, config.max_body),
        response: answers({ 201: AddedMessages }),
        detail: {
          summary:
            "Adds messages under one of the chat, the current one if not said: another branch where it has answers",
        },
      },
    )
    .patch(
      "/backend-api/v2/chats/:chat_id/messages/:message_id",
      async ({ params, body: { message }, request }) => {
        const { owner } = access.caller(request);
        const chat = await getChat(chats, owner, params.chat_id);
        const { parent } = await getMessage(chats, chat, params.message_id);
        return toAnswer(await chats.append(owner, chat.chat_id, parent, acceptMessages([message]), clock()));
      },
      {
        params: messageParams,
        ...typedBody(EditedMessage, config.max_body),
        response: answers({ 201: AddedMessages }),
        detail: { summary: "Puts another wording of a message beside it, as the beginning of another branch" },
      },
    )
    .delete(
      "/backend-api/v2/chats/:chat_id/messages/:message_id",
      async ({ params, request }) => {
        const chat = await getChat(chats, access.caller(request).owner, params.chat_id);
        await chats.removeMessage(chat, (await getMessage(chats, chat, params.message_id)).id);
        return { message: "Message deleted successfully" };
      },
      {
        params: messageParams,
        response: answers({ 200: Done }),
        detail: { summary: "Deletes a message and all that follows it, in every branch" },
      },
    );

  async function readOn(chat: ChatRow, cursor: string, limit: number): Promise<Page> {
    const after = cursor === "" ? 0 : (await getMessage(chats, chat, cursor, "cursor")).id;
    const rows = await chats.messages(chat, after, limit);
    const last = rows.at(-1);
    const more = last ? await chats.messages(chat, last.id, 1) : [];
    return { rows, next: more.length > 0 && last ? last.message_id : null };
  }

  async function readBranch(chat: ChatRow, end: string, limit: number): Promise<Page> {
    const id = end === "current" ? chat.current : (await getMessage(chats, chat, end, "path")).id;
    const rows = id === null ? [] : await chats.pathEnd(id, limit);
    return { rows, next: rows[0]?.parent_id ?? null };
  }
}

interface Page {
  readonly rows: readonly ChatMessageRow[];
  readonly next: string | null;
}

function toAnswer({ chat, messages }: Appended): Response {
  return jsonText(`{${toChatMembers(chat)},"messages":[${messages.map(toMessageJson).join()}]}`, 201);
}
