import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { toPage, toPlace } from "../http/cursor.ts";
import { upTo } from "../http/query.ts";
import { toSeconds } from "../lib/clock.ts";
import { assertId } from "../protocol/ids.ts";
import { Done, KeptMedia, type KeptMedium, MediaKind } from "../protocol/resources.ts";
import type { Services } from "../services.ts";
import type { MediaRow } from "../store/media.ts";
import { addressOf, toWords } from "./media-search.ts";

const query = Type.Object({
  /** Words; what is found comes the best first. */
  q: Type.Optional(Type.String()),
  type: Type.Optional(MediaKind),
  limit: upTo(200),
  cursor: Type.Optional(Type.String()),
});

interface Asked {
  readonly kind: MediaKind | undefined;
  readonly limit: number;
  readonly place: number | undefined;
}

/** What somebody's models have made. */
export function mediaList({ store, access, library }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" })
    .get(
      "/media",
      async ({ query: { q = "", type: kind, limit = "50", cursor }, request }) => {
        const { owner } = access.caller(request);
        const terms = toWords(q);
        const asked = { kind, limit: Number(limit), place: toPlace(cursor) };
        return terms.length === 0 ? list(owner, asked) : search(owner, terms, asked);
      },
      {
        query,
        response: answers({ 200: KeptMedia }),
        detail: {
          summary: "Your pictures, films and sounds, the newest first; with `?q=` those that fit, the best first",
        },
      },
    )
    .delete(
      "/media/:name",
      async ({ params: { name }, request }) => {
        assertId("name", name);
        await library.remove(access.caller(request).owner, name);
        return { message: "Medium deleted successfully" };
      },
      {
        params: Type.Object({ name: Type.String() }),
        response: answers({ 200: Done }),
        detail: { summary: "Deletes a picture, film or sound of yours, unless a shared chat shows it" },
      },
    );

  async function list(owner: string, { kind, limit, place: before }: Asked) {
    const read = await store.read("mediaList", { owner, kind, before, limit: limit + 1 });
    const { rows, next } = toPage(read.rows, limit, ({ id }) => String(id));
    return { total: read.total, media: rows.map(toKept), next };
  }

  async function search(owner: string, terms: readonly string[], { kind, limit, place: skip = 0 }: Asked) {
    const { total, matches } = await store.media.search(owner, { terms, kind, skip, limit });
    const end = skip + matches.length;
    return { total, media: matches.map(toKept), next: matches.length > 0 && end < total ? `${end}` : null };
  }
}

function toKept({ name, type, bytes, width, height, prompt, model, provider, created_at }: MediaRow): KeptMedium {
  const thumbnail = type.startsWith("image/") ? addressOf("thumbnail", name) : null;
  const created = toSeconds(created_at);
  return {
    name,
    url: addressOf("media", name),
    thumbnail,
    type,
    bytes,
    width,
    height,
    prompt,
    model,
    provider,
    created,
  };
}
