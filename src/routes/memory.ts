import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { content } from "../http/content.ts";
import { toPage } from "../http/cursor.ts";
import { statedBody } from "../http/json-body.ts";
import { upTo } from "../http/query.ts";
import { parseJson } from "../lib/json.ts";
import { parseMemoryChange, parseNewMemories } from "../memory/request.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import {
  AddedMemories,
  MemoryItems,
  MemoryList,
  MemoryPatch,
  MemoryRecord,
  MemoryUsers,
  ScoredMemory,
  SingleMemory,
} from "../protocol/memory.ts";
import { type MemoryFilter, parseFilter } from "../protocol/memory-filter.ts";
import { Done } from "../protocol/resources.ts";
import type { Services } from "../services.ts";

const params = Type.Object({ user_id: Type.String() });
const oneParams = Type.Object({ user_id: Type.String(), memory_id: Type.String() });

const query = Type.Object({
  page: upTo(999_999_999),
  page_size: upTo(1000),
  /** Words; what is found comes as a list, the best first. */
  search: Type.Optional(Type.String()),
  /** Of what is searched for. */
  limit: upTo(1000),
  /** JSON: conditions on metadata, `created_at`, `updated_at` and `conversation_id`. */
  filters: Type.Optional(Type.String()),
  /** JSON: keys of metadata and the values that they must have. */
  metadata: Type.Optional(Type.String()),
});

const found = content<Readonly<Static<typeof MemoryList>> | readonly ScoredMemory[]>({
  "application/json": Type.Union([MemoryList, Type.Array(ScoredMemory)]),
});

/** What is known of users, under ids of the caller's. */
export function memory({ memory, store, access, config }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" })
    .get(
      "/memory",
      async ({ query: { limit = "100", cursor: after = "" }, request }) => {
        const { owner } = access.caller(request);
        const size = Number(limit);
        const read = await store.read("memoryUserList", { owner, after, limit: size + 1 });
        const { rows, next } = toPage(read, size, ({ user_id }) => user_id);
        return { own: owner, users: rows, next };
      },
      {
        query: Type.Object({ limit: upTo(1000), cursor: Type.Optional(Type.String()) }),
        response: answers({ 200: MemoryUsers }),
        detail: { summary: "Those of whom you keep memories, and how many" },
      },
    )
    .post(
      "/memory/:user_id",
      async ({ params, body, request }) => {
        assertId("user_id", params.user_id);
        return memory.add(access.caller(request).owner, params.user_id, parseNewMemories(body));
      },
      {
        params,
        ...statedBody(Type.Union([SingleMemory, MemoryItems]), config.max_body),
        response: answers({ 200: AddedMemories }),
        detail: {
          summary: "Stores memories of a user: `memory` with `metadata`, or the `items` of a conversation",
          description: "The same text of the same user is stored once; all are stored, or none.",
        },
      },
    )
    .get(
      "/memory/:user_id",
      async ({ params, query, request }) => {
        assertId("user_id", params.user_id);
        const caller = access.caller(request);
        const filter = toFilter(query);
        if (query.search !== undefined) {
          const view = { text: query.search, limit: Number(query.limit ?? 100), filter };
          return memory.search(caller, params.user_id, view, request.signal);
        }
        const page = Number(query.page ?? 1);
        const size = Number(query.page_size ?? 100);
        const { count, memories } = await memory.list(caller.owner, params.user_id, { page, size, filter });
        return {
          count,
          next: page * size < count ? toLink(request, page + 1) : null,
          previous: page > 1 && count > 0 ? toLink(request, Math.min(page - 1, Math.ceil(count / size))) : null,
          results: [...memories],
        };
      },
      {
        params,
        query,
        response: answers({ 200: found }),
        detail: { summary: "A user's memories, the newest first; with `search` those that fit, the best first" },
      },
    )
    .delete(
      "/memory/:user_id",
      async ({ params, request }) => {
        assertId("user_id", params.user_id);
        return { count: await memory.removeAll(access.caller(request).owner, params.user_id) };
      },
      {
        params,
        response: answers({ 200: Type.Object({ count: Type.Integer() }) }),
        detail: { summary: "Deletes all memories of a user" },
      },
    )
    .patch(
      "/memory/:user_id/:memory_id",
      async ({ params, body, request }) => {
        assertIds(params);
        return memory.change(access.caller(request).owner, params.user_id, params.memory_id, parseMemoryChange(body));
      },
      {
        params: oneParams,
        ...statedBody(MemoryPatch, config.max_body),
        response: answers({ 200: MemoryRecord }),
        detail: { summary: "Changes what a memory says, or its metadata as a whole" },
      },
    )
    .delete(
      "/memory/:user_id/:memory_id",
      async ({ params, request }) => {
        assertIds(params);
        await memory.remove(access.caller(request).owner, params.user_id, params.memory_id);
        return { message: "Memory deleted successfully" };
      },
      { params: oneParams, response: answers({ 200: Done }), detail: { summary: "Deletes a memory" } },
    );
}

function assertIds({ user_id, memory_id }: { readonly user_id: string; readonly memory_id: string }): void {
  assertId("user_id", user_id);
  assertId("memory_id", memory_id);
}

/** Both must hold. @throws {ApiError} `invalid_request`, saying where */
function toFilter(query: { readonly filters?: string; readonly metadata?: string }): MemoryFilter | undefined {
  const filters = toJson("filters", query.filters);
  const metadata = toJson("metadata", query.metadata);
  const all = [
    ...(filters === undefined ? [] : [parseFilter(filters, "filters")]),
    ...(metadata === undefined ? [] : [parseFilter({ metadata }, "")]),
  ];
  return all.length === 0 ? undefined : { all };
}

/** Older clients write `null` for none. */
function toJson(name: string, text = ""): unknown {
  if (text === "") return undefined;
  try {
    return parseJson(text) ?? undefined;
  } catch {
    throw new ApiError("invalid_request", `${name}: expected JSON`);
  }
}

/** The same question for another page, relative to this server. */
function toLink({ url }: Request, page: number): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.set("page", String(page));
  return `${pathname}?${searchParams}`;
}
