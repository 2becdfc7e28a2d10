import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { acceptMessages, assertTitle } from "../chats/accept.ts";
import { toChatMembers, toMessageJson } from "../chats/document.ts";
import { getChat, getMessage, noChat } from "../chats/lookup.ts";
import { jsonText } from "../http/json-text.ts";
import { typedBody } from "../http/json-body.ts";
import { createId } from "../lib/ids.ts";
import { AddedMessages, assertChatId, Chat, ChatChange, NewChat } from "../protocol/chats.ts";
import { ApiError } from "../protocol/errors.ts";
import { Done } from "../protocol/resources.ts";
import type { Services } from "../services.ts";
import { chatFiles } from "./chat-files.ts";
import { chatList } from "./chat-list.ts";
import { chatMessages } from "./chat-messages.ts";

const params = Type.Object({ chat_id: Type.String() });

/** Stored chats: what was said, as a tree. */
export function chats(services: Services) {
  const { store, access, config, clock } = services;
  return new Elysia()
    .use(chatList(services))
    .use(chatFiles(services))
    .use(chatMessages(services))
    .post(
      "/backend-api/v2/chats",
      async ({ body: { chat_id = createId("chat"), title = null, pinned, archived, messages = [] }, request }) => {
        assertChatId(chat_id);
        assertTitle(title);
        const { owner } = access.caller(request);
        const made = await store.chats.create(
          owner,
          {
            chat_id,
            title,
            title_by: title === null ? null : "user",
            pinned: pinned === true ? 1 : 0,
            archived: archived === true ? 1 : 0,
          },
          acceptMessages(messages),
          clock(),
        );
        if (!made) throw new ApiError("id_in_use", "chat_id: you have a chat of that id already");
        return jsonText(`{${toChatMembers(made.chat)},"messages":[${made.messages.map(toMessageJson).join()}]}`, 201);
      },
      {
        ...typedBody(NewChat, config.max_body),
        response: answers({ 201: AddedMessages }),
        detail: { summary: "Stores a chat, with messages each of which answers the one before" },
      },
    )
    .patch(
      "/backend-api/v2/chats/:chat_id",
      async ({ params, body: { title, pinned, archived, current_id }, request }) => {
        assertTitle(title);
        if ([title, pinned, archived, current_id].every((each) => each === undefined))
          throw new ApiError("invalid_request", "expected title, pinned, archived or current_id: nothing else changes");
        const chat = await getChat(store.chats, access.caller(request).owner, params.chat_id);
        const current =
          current_id === undefined ? undefined : (await getMessage(store.chats, chat, current_id, "current_id")).id;
        const changed = await store.chats.change(chat, { title, pinned, archived, current });
        if (!changed) throw noChat();
        return jsonText(`{${toChatMembers(changed)}}`);
      },
      {
        params,
        ...typedBody(ChatChange, config.max_body),
        response: answers({ 200: Chat }),
        detail: { summary: "Renames, pins or archives a chat, or shows another branch of it" },
      },
    )
    .delete(
      "/backend-api/v2/chats/:chat_id",
      async ({ params, request }) => {
        assertChatId(params.chat_id);
        if (!(await store.chats.remove(access.caller(request).owner, params.chat_id))) throw noChat();
        return { message: "Chat deleted successfully" };
      },
      { params, response: answers({ 200: Done }), detail: { summary: "Deletes a chat and all its messages" } },
    );
}
