import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { toPage } from "../http/cursor.ts";
import { upTo } from "../http/query.ts";
import { toTime } from "../lib/clock.ts";
import { type ShareInfo, ShareList } from "../protocol/shares.ts";
import type { Services } from "../services.ts";
import type { ShareRow } from "../store/shares.ts";

const query = Type.Object({
  chat_id: Type.Optional(Type.String()),
  limit: upTo(200),
  cursor: Type.Optional(Type.String({ pattern: "^\\d{1,15}$", expected: "the `next` of another page" })),
});

/** What one has published oneself: unlike a share, for its owner alone. */
export function shareList({ shares, access }: Services) {
  return new Elysia().get(
    "/backend-api/v2/chat",
    async ({ query: { chat_id: chatId, limit = "50", cursor }, request }) => {
      const { owner } = access.caller(request);
      const most = Number(limit);
      const read = await shares.list(owner, {
        limit: most + 1,
        below: cursor === undefined ? undefined : Number(cursor),
        chatId,
      });
      const { rows, next } = toPage(read, most, ({ id }) => String(id));
      return { shares: rows.map(toInfo), next };
    },
    {
      query,
      response: answers({ 200: ShareList }),
      detail: {
        summary: "The chats that you publish, those that were shared last first",
        description:
          "`title`, `chat_id` and `live` are what each document says; with `chat_id`, those alone that show that stored chat. `next` is the `cursor` of the page that follows.",
      },
    },
  );
}

function toInfo({ share_id, title, chat_id, live, updated, bytes, created_at, expires_at }: ShareRow): ShareInfo {
  return {
    share_id,
    title,
    chat_id,
    live: live === 1,
    updated,
    bytes,
    created_at: toTime(created_at),
    expires_at: expires_at === null ? null : toTime(expires_at),
  };
}
