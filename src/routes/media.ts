import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { bytes } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { servedDetail, serveFile } from "../http/file.ts";
import { embeddable } from "../http/safe-headers.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import type { Services } from "../services.ts";
import type { MediaRow } from "../store/media.ts";

const params = Type.Object({ name: Type.String() });
// The name holds a digest of the bytes: they never change. But no cache on the way may keep what is one owner's, and what is
// published may be taken back.
const cached = { owner: "private, max-age=31536000, immutable", stranger: "private, no-cache" };

/** What models made, as it is kept. */
export function media({ store, access, library, shares, config }: Services) {
  const isCalledFromAfar = config.cors_origins.length > 0;
  interface Asked {
    readonly params: { readonly name: string };
    readonly request: Request;
  }
  interface Found {
    readonly row: MediaRow;
    readonly headers: Readonly<Record<string, string>>;
  }

  const serve = async ({ params, request }: Asked) => serveWhole(request, await get(request, params.name));

  const serveSmall = async ({ params, request }: Asked) => {
    const asked = await get(request, params.name);
    const { row, headers } = asked;
    const thumbnail = await library.thumbnails.find({ ...row, path: store.blobs.path(row.hash) });
    return thumbnail ? serveFile(request, { ...thumbnail, headers }) : serveWhole(request, asked);
  };

  async function get(request: Request, name: string): Promise<Found> {
    assertId("name", name);
    const row = await store.media.find(name);
    const isTheirs = row !== undefined && row.owner === access.find(request)?.owner;
    const isPublished = shares.isPublished(name);
    if (!row || !(isTheirs || isPublished)) throw new ApiError("not_found", "there is no such medium");
    library.uses.noteMedium(name);
    const headers = {
      "cache-control": isTheirs ? cached.owner : cached.stranger,
      ...embeddable(isPublished || isCalledFromAfar),
    };
    return { row, headers };
  }

  function serveWhole(request: Request, { row, headers }: Found): Promise<Response> {
    const { hash, type, bytes, created_at: modifiedAt } = row;
    return serveFile(request, { path: store.blobs.path(hash), type, bytes, etag: hash, modifiedAt, headers });
  }

  const made = {
    params,
    response: answers({ 200: bytes("image/*", "video/*", "audio/*") }),
    detail: { summary: "A picture, film or sound that a model made", ...servedDetail },
  };
  return new Elysia()
    .get("/media/:name", serve, made)
    .get("/images/:name", serve, made)
    .get("/thumbnail/:name", serveSmall, {
      params,
      response: answers({ 200: bytes("image/webp", "image/*", "video/*", "audio/*") }),
      detail: { summary: "A picture small, as WebP; any other medium as it is", ...servedDetail },
    });
}
