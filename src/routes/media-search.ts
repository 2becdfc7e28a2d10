import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { Redirect } from "../http/content.ts";
import { header } from "../http/headers.ts";
import { upTo } from "../http/query.ts";
import { embeddable, ownersCache } from "../http/safe-headers.ts";
import { toSeconds } from "../lib/clock.ts";
import { ApiError } from "../protocol/errors.ts";
import { MediaList } from "../protocol/resources.ts";
import type { Services } from "../services.ts";
import type { MediaMatch } from "../store/media-words.ts";

const maxTerms = 32;

const query = Type.Object({
  /** How many of the best are passed over. */
  skip: Type.Optional(Type.String({ pattern: "^\\d{1,6}$", expected: "a number from 0 to 999999" })),
  limit: upTo(1000),
  /** How many of the terms must match. */
  min: upTo(99),
  /** `true`, or a seed. */
  random: Type.Optional(Type.String()),
});

/** The list, or what a redirect leads to. */
const MediaFound = Type.Unsafe<Static<typeof MediaList> | Blob>(MediaList);

/** What of the kept media fits some words. */
export function mediaSearch({ store, access, config }: Services) {
  return new Elysia().get(
    "/search/:terms",
    async ({ params, query: { skip = 0, limit = 100, min, random }, request, set, status }) => {
      const terms = toWords(params.terms);
      const isListed = (header(request, "accept") ?? "").includes("application/json");
      const { total, matches } = await store.media.search(access.caller(request).owner, {
        terms,
        least: min === undefined ? undefined : Number(min),
        seed: toSeed(random),
        skip: Number(skip),
        limit: isListed ? Number(limit) : 1,
      });
      const [best] = matches;
      if (!best) throw new ApiError("not_found", "no medium that is kept here fits these words");
      // What is found changes with what is made.
      Object.assign(set.headers, ownersCache, embeddable(config.cors_origins.length > 0));
      set.headers.vary = [set.headers.vary, "accept"].filter(Boolean).join(", ");
      if (isListed) return { total, results: matches.map(toResult) };
      set.headers.location = addressOf("media", best.name);
      return status(302, "Found");
    },
    {
      params: Type.Object({ terms: Type.String() }),
      query,
      response: answers({ 200: MediaFound, 302: Redirect }),
      detail: { summary: "The medium that fits some words best, or with `Accept: application/json` all that do" },
    },
  );
}

/** What is looked for. @throws {ApiError} `invalid_request` */
export function toWords(text: string): string[] {
  const words = [...new Set(text.toLowerCase().split(/[+\s]+/))].filter((word) => word !== "");
  if (words.length > maxTerms) throw new ApiError("invalid_request", `search for at most ${maxTerms} terms at once`);
  return words;
}

/** `true` is another at every time; anything else picks the same again. */
function toSeed(random: string | undefined): string | undefined {
  if (random === undefined || random === "" || random === "false" || random === "0") return undefined;
  return random === "true" || random === "1" ? Bun.randomUUIDv7() : random;
}

function toResult({ name, type, width, height, created_at, score }: MediaMatch) {
  const thumbnail = type.startsWith("image/") ? addressOf("thumbnail", name) : null;
  const created = toSeconds(created_at);
  return { name, url: addressOf("media", name), thumbnail, type, width, height, created, score };
}

/** Where a medium, or its thumbnail, is asked for. */
export function addressOf(folder: "media" | "thumbnail", name: string): string {
  return `/${folder}/${encodeURI(name)}`;
}
