import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { localOwner } from "../http/access.ts";
import { serveFile } from "../http/file.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import type { Services } from "../services.ts";

const params = Type.Object({ name: Type.String() });
const headers = {
  // The name holds a digest of the bytes: they never change.
  "cache-control": "public, max-age=31536000, immutable",
  "content-security-policy": "sandbox; default-src 'none'",
};

/** What models made, as it is kept. */
export function media({ store }: Services) {
  const serve = async ({ params, request }: { params: { readonly name: string }; request: Request }) => {
    assertId("name", params.name);
    const row = await store.media.find(params.name);
    if (row?.owner !== localOwner) throw new ApiError("not_found", "there is no such medium");
    const { hash, type, bytes, created_at: modifiedAt } = row;
    return serveFile(request, { path: store.blobs.path(hash), type, bytes, etag: hash, modifiedAt, headers });
  };
  const detail = { summary: "A picture, film or sound that a model made" };
  return new Elysia()
    .get("/media/:name", serve, { params, detail })
    .get("/images/:name", serve, { params, detail })
    .get("/thumbnail/:name", serve, { params, detail });
}
