import type { Things } from "./things.ts";

/**
 * Who may ask:
 * - `anybody`: without a key.
 * - `user`: whoever has a key; what is told is the caller's own, or everybody's alike.
 * - `owner`: whose thing it is; to others it is as if it were not there.
 * - `published`: the same, and anybody once a shared chat of its owner's names it.
 * - `shared`: anybody may read what is shared; its owner and who holds its write key may change it.
 * - `admin`: who has a key whose role is admin.
 */
export type Who = "anybody" | "user" | "owner" | "published" | "shared" | "admin";

export interface Rule {
  readonly who: Who;
  /** What stands in the address in place of its parameters, where the things' own names do not say it. */
  readonly params?: (things: Things) => Readonly<Record<string, string>>;
  /** What its owner sends. */
  readonly body?: () => BodyInit;
  /** Whether what is one's own is seen here. */
  readonly tells?: boolean;
  /** A GET that does more than to read, and why that is so. */
  readonly changes?: string;
}

const json = (value: unknown) => () => JSON.stringify(value);
const file = () => {
  const form = new FormData();
  form.append("files", new File(["More words."], "more.txt"));
  return form;
};
const anybody: Rule = { who: "anybody" };
const user: Rule = { who: "user" };
const told: Rule = { who: "user", tells: true };
const owner: Rule = { who: "owner" };
const admin: Rule = { who: "admin" };
const ofPicture = ({ picture }: Things) => ({ name: picture });
const vendor = "a vendor is asked, and what it took is counted";

/** Every route that there is, and who may ask it. A route without a rule fails, and so does a rule without a route. */
export const rules: Readonly<Record<string, Rule>> = {
  "GET /": anybody,
  "GET /docs": anybody,
  "GET /assets/:name": { who: "anybody", params: ({ asset }) => ({ name: asset }) },
  "GET /share/:share_id": anybody,
  "GET /healthz": anybody,
  "GET /backend-api/v2/version": anybody,
  "GET /backend-api/v2/session": anybody,
  "POST /backend-api/v2/session": anybody,
  "DELETE /backend-api/v2/session": anybody,
  "POST /backend-api/v2/setup": anybody,
  "GET /backend-api/v2/session/oidc": anybody,
  "GET /backend-api/v2/session/oidc/callback": anybody,

  "GET /readyz": user,
  "GET /openapi.json": user,
  "GET /backend-api/v2/stream-test": user,
  "GET /backend-api/v2/models/": user,
  "GET /backend-api/v2/models/:provider": user,
  "GET /backend-api/v2/tools": user,
  "GET /backend-api/v2/providers": user,
  "GET /backend-api/v2/quota/:provider": user,
  "GET /backend-api/v2/route": user,
  "GET /backend-api/v2/voices": user,
  "GET /backend-api/v2/budget": user,
  "POST /backend-api/v2/conversation": user,
  "GET /backend-api/v2/create": { who: "user", changes: vendor },
  "GET /backend-api/v2/synthesize/:provider": { who: "user", changes: vendor },
  "POST /backend-api/v2/transcribe": user,
  "WS /backend-api/v2/channel": user,
  "POST /backend-api/v2/log": user,
  "POST /backend-api/v2/usage": user,

  "GET /backend-api/v2/runs/": told,
  "GET /backend-api/v2/runs/:run_id": owner,
  "GET /backend-api/v2/runs/:run_id/events": owner,
  "GET /backend-api/v2/runs/:run_id/trace": owner,
  "POST /backend-api/v2/runs/:run_id/cancel": owner,

  "GET /media/:name": { who: "published" },
  "GET /images/:name": { who: "published" },
  "GET /thumbnail/:name": { who: "published", changes: "a small picture is kept once it was made" },
  "GET /search/:terms": { who: "owner" },
  "GET /backend-api/v2/media": told,
  "DELETE /backend-api/v2/media/:name": owner,

  "GET /backend-api/v2/files": told,
  "GET /backend-api/v2/files/:bucket_id": owner,
  "GET /backend-api/v2/files/:bucket_id/list": owner,
  "GET /backend-api/v2/files/:bucket_id/stream": owner,
  "GET /backend-api/v2/files/:bucket_id/text/:name": { who: "owner", params: ({ document }) => ({ name: document }) },
  "POST /backend-api/v2/files/:bucket_id": { who: "owner", body: file },
  "DELETE /backend-api/v2/files/:bucket_id": owner,
  "GET /files/:bucket_id/media/:name": { who: "published", params: ofPicture },
  "GET /files/:bucket_id/thumbnail/:name": {
    who: "published",
    params: ofPicture,
    changes: "a small picture is kept once it was made",
  },

  "GET /backend-api/v2/chat": told,
  "GET /backend-api/v2/chat/:share_id": { who: "shared" },
  "POST /backend-api/v2/chat/:share_id": {
    who: "shared",
    body: json({ title: "Changed", updated: 9_000_000_000_000 }),
  },
  "DELETE /backend-api/v2/chat/:share_id": { who: "shared" },

  "GET /backend-api/v2/chats": told,
  "POST /backend-api/v2/chats": user,
  "POST /backend-api/v2/chats/import": user,
  "GET /backend-api/v2/chats/export": told,
  "GET /backend-api/v2/chats/:chat_id": owner,
  "GET /backend-api/v2/chats/:chat_id/export": owner,
  "PATCH /backend-api/v2/chats/:chat_id": { who: "owner", body: json({ pinned: true }) },
  "DELETE /backend-api/v2/chats/:chat_id": owner,
  "POST /backend-api/v2/chats/:chat_id/messages": {
    who: "owner",
    body: json({ messages: [{ role: "user", content: "And then?" }] }),
  },
  "PATCH /backend-api/v2/chats/:chat_id/messages/:message_id": {
    who: "owner",
    body: json({ message: { role: "user", content: "Or else?" } }),
  },
  "DELETE /backend-api/v2/chats/:chat_id/messages/:message_id": owner,

  "GET /backend-api/v2/memory": told,
  "GET /backend-api/v2/memory/:user_id": owner,
  "POST /backend-api/v2/memory/:user_id": { who: "owner", body: json({ memory: "They like tea." }) },
  "PATCH /backend-api/v2/memory/:user_id/:memory_id": { who: "owner", body: json({ memory: "They like none." }) },
  "DELETE /backend-api/v2/memory/:user_id/:memory_id": owner,
  "DELETE /backend-api/v2/memory/:user_id": owner,

  "GET /backend-api/v2/usage": told,
  "GET /backend-api/v2/usage/:date": told,
  "GET /backend-api/v2/stats": told,

  "GET /metrics": admin,
  "GET /backend-api/v2/settings": admin,
  "GET /backend-api/v2/provider-keys/": admin,
  "PUT /backend-api/v2/provider-keys/:provider": { who: "admin", body: json({ api_key: "another-key-0123" }) },
  "DELETE /backend-api/v2/provider-keys/:provider": admin,
  "POST /backend-api/v2/provider-keys/:provider/test": { who: "admin", body: json({}) },
  "POST /backend-api/v2/upload_cookies": admin,
  "GET /backend-api/v2/cookies": admin,
  "DELETE /backend-api/v2/cookies/:domain": admin,
  "GET /backend-api/v2/log": admin,

  "POST /v1/chat/completions": user,
  "POST /v1/completions": user,
  "POST /v1/embeddings": user,
  "POST /v1/images/generations": user,
  "POST /v1/images/edits": user,
  "POST /v1/audio/speech": user,
  "POST /v1/audio/transcriptions": user,
  "POST /v1/responses": user,
  "POST /v1/responses/input_tokens": user,
  "GET /v1/responses/:id": owner,
  "GET /v1/responses/:id/input_items": owner,
  "POST /v1/responses/:id/cancel": owner,
  "DELETE /v1/responses/:id": owner,
  "POST /v1/files/": user,
  "GET /v1/files/": told,
  "GET /v1/files/:file_id": owner,
  "GET /v1/files/:file_id/content": owner,
  "DELETE /v1/files/:file_id": owner,
  "GET /v1/models/": user,
  "GET /v1/models/*": user,
  "POST /v1/models/*": user,
  "POST /v1/messages": user,
  "POST /v1/messages/count_tokens": user,
  "GET /v1beta/models": user,
  "GET /v1beta/models/*": user,
  "POST /v1beta/models/*": user,
  "POST /api/chat": user,
  "POST /api/generate": user,
  "GET /api/tags": user,
  "POST /api/show": user,
  "GET /api/ps": user,
  "POST /api/embed": user,
  "POST /api/embeddings": user,
  "GET /api/version": user,
  "POST /api/pull": user,
  "POST /api/push": user,
  "POST /api/create": user,
  "POST /api/copy": user,
  "DELETE /api/delete": user,
  "POST /api/blobs/:digest": user,
  "POST /mcp": user,
  // What no route is there for: whether there is one is nothing that strangers learn.
  "ALL /*": { who: "user", params: () => ({ "*": "nothing/of/that/name" }) },
};
