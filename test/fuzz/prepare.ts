import { boundary, field, type PartText, toForm } from "../support/form.ts";
import { pngOf } from "../support/pictures.ts";
import type { Body, Input } from "./input.ts";

const api = "/backend-api/v2";

/** What makes that there is something to be named: again and again, since what destroys is fuzzed as well. */
export const preparing: readonly Input[] = (["admin", "user"] as const).flatMap((as) =>
  [
    post("/files/bucket-1", form(file("files", "a.txt", "Hello cat"), file("files", "a.png", pngOf(1)))),
    post("/files/bucket-2", form(file("files", "b.md", "# Cats\n\nand dogs"))),
    post("/chat/share-1", json({ updated: 1, title: "t" })),
    post("/chats", json({ chat_id: "chat-1", title: "a", messages: [{ role: "user", content: "cat" }] })),
    post("/chats", json({ chat_id: "chat-2", messages: [] })),
    post("/memory/user-1", json({ memory: "likes cats", metadata: { a: 1 } })),
    post("/usage", json({ model: "m", provider: "Fuzz", prompt_tokens: 1, completion_tokens: 2 })),
    post("/log", json({ message: "cat" })),
    post(
      "/conversation",
      json({ model: "m", provider: "Fuzz", resumable: true, messages: [{ role: "user", content: "cat" }] }),
    ),
    post("/conversation", json({ model: "image-m", provider: "Fuzz", messages: [{ role: "user", content: "cat" }] })),
    { path: "/v1/responses", body: json({ model: "Fuzz/m", input: "cat", store: true }) },
    { path: "/v1/files", body: form([field("purpose"), "user_data"], file("file", "a.txt", "cat")) },
    { path: `${api}/chats/chat-1`, method: "GET" },
    { path: `${api}/media`, method: "GET" },
    { path: `${api}/memory/user-1`, method: "GET" },
    { path: `${api}/files/bucket-1/list`, method: "GET" },
  ].map((each) => ({ as, method: "POST", headers: [], ...each })),
);

function post(path: string, body: Body) {
  return { path: api + path, body };
}

function json(value: object): Body {
  return { content: JSON.stringify(value) };
}

function form(...parts: readonly PartText[]): Body {
  return { type: `multipart/form-data; boundary=${boundary}`, content: toForm(...parts) };
}

function file(name: string, fileName: string, content: string | Uint8Array): PartText {
  return [`${field(name)}; filename="${fileName}"`, content];
}

/** Of those, the documents that are sent to a route. */
export function bodiesFor(route: string): readonly string[] {
  const pattern = new RegExp(`^${route.replaceAll(/:\\w+/g, "[^/]+")}$`);
  return preparing.flatMap(({ path, body }) =>
    pattern.test(path) && typeof body?.content === "string" ? [body.content] : [],
  );
}
