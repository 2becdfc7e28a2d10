import type { TestApp } from "./app.ts";

export const chatsPath = "/backend-api/v2/chats";

/** Asks below the chats' address; a string is sent as it is. */
export async function askChats(app: TestApp, method: string, path = "", body?: unknown) {
  const sent = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await app.get(chatsPath + path, { method, ...(body !== undefined && { body: sent }) });
  return { status: answer.status, body: await answer.json() };
}

export const user = (content: unknown) => ({ role: "user", content });
export const assistant = (content: unknown) => ({ role: "assistant", content });

/** What the messages of an answer say. */
export function said({ body }: { readonly body: { readonly messages: { message: { content: unknown } }[] } }) {
  return body.messages.map(({ message }) => message.content);
}
