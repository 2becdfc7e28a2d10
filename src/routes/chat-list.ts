import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { toChatInfo } from "../chats/document.ts";
import { toPage } from "../http/cursor.ts";
import { upTo } from "../http/query.ts";
import { toTime } from "../lib/clock.ts";
import { ChatList } from "../protocol/chats.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Services } from "../services.ts";
import type { ChatQuery } from "../store/chat-search.ts";
import type { ChatPlace } from "../store/chats.ts";

const query = Type.Object({
  q: Type.Optional(Type.String()),
  archived: Type.Optional(Type.String({ pattern: "^(true|false)$", expected: "true or false" })),
  limit: upTo(200),
  cursor: Type.Optional(Type.String()),
});

/** Chats, and what was said in them. */
export function chatList({ store, access }: Services) {
  return new Elysia().get(
    "/backend-api/v2/chats",
    async ({ query: { q = "", archived, limit = "50", cursor }, request }) => {
      const { owner } = access.caller(request);
      return q === ""
        ? list(owner, archived === "true", Number(limit), toPlace(cursor))
        : search({
            owner,
            text: q,
            archived: archived === undefined ? undefined : archived === "true",
            skip: toCount(cursor),
            limit: Number(limit),
          });
    },
    {
      query,
      response: answers({ 200: ChatList }),
      detail: {
        summary: "Your chats, pinned ones first, then the newest; with `?q=` where words were said in them",
        description:
          "`next` is the `cursor` of the page that follows. All words must be in a message or a title, and what stands in " +
          "quotes as it stands there. A snippet is HTML: escaped text, with `<mark>` around what was found.",
      },
    },
  );

  async function list(owner: string, archived: boolean, limit: number, after: ChatPlace | undefined) {
    const read = await store.chats.list(owner, archived, limit + 1, after);
    const { rows, next } = toPage(read, limit, ({ pinned, updated_at, id }) => [pinned, updated_at, id].join("."));
    return { chats: rows.map(toChatInfo), next };
  }

  async function search(asked: ChatQuery) {
    const { hits, hasMore } = await store.chats.search(asked);
    const results = hits.map(({ archived, updated_at, ...hit }) => ({
      ...hit,
      archived: archived === 1,
      updated_at: toTime(updated_at),
    }));
    return { results, next: hasMore ? String(asked.skip + hits.length) : null };
  }
}

/** @throws {ApiError} `invalid_request` */
function toPlace(cursor: string | undefined): ChatPlace | undefined {
  if (cursor === undefined || cursor === "") return undefined;
  const [, pinned, updatedAt, id] = /^([01])\.(-?\d{1,16})\.(\d{1,16})$/.exec(cursor) ?? [];
  if (id === undefined) throw badCursor();
  return { pinned: pinned === "1" ? 1 : 0, updated_at: Number(updatedAt), id: Number(id) };
}

/** @throws {ApiError} `invalid_request` */
function toCount(cursor = ""): number {
  if (!/^\d{0,6}$/.test(cursor)) throw badCursor();
  return Number(cursor);
}

function badCursor(): ApiError {
  return new ApiError("invalid_request", "cursor: expected the `next` of another page");
}
