import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { header } from "../http/headers.ts";
import { isOpenPath } from "../http/open-paths.ts";
import { namesVersion, unchanged } from "../http/versions.ts";
import type { Route } from "../openapi/operation.ts";
import { version } from "../version.ts";

/** What all the other routes are, for programs. */
export function openapi(routes: () => readonly Route[]) {
  let document: ReturnType<typeof write> | undefined;

  return new Elysia().get(
    "/openapi.json",
    async ({ request }) => {
      const { text, tag } = await (document ??= write());
      const headers = { etag: `"${tag}"`, "cache-control": "no-cache" };
      if (namesVersion(header(request, "if-none-match") ?? "", tag))
        return new Response(null, { status: 304, headers });
      return new Response(text, { headers: { ...headers, "content-type": "application/json;charset=utf-8" } });
    },
    {
      response: answers({ 200: Type.Object({}, { additionalProperties: true }) }),
      detail: { summary: "This API as an OpenAPI document", responses: unchanged },
    },
  );

  /** Made when it is first asked for: the start of a server does not wait for it, nor hold it. */
  async function write() {
    const { toDocument } = await import("../openapi/document.ts");
    const text = JSON.stringify(await toDocument(routes(), { version, needsKey }));
    return { text, tag: Bun.hash(text).toString(36) };
  }
}

/** What is published is told to anybody. */
const published = new Set([
  "/media/{name}",
  "/images/{name}",
  "/thumbnail/{name}",
  "/files/{bucket_id}/media/{name}",
  "/files/{bucket_id}/thumbnail/{name}",
  "/backend-api/v2/chat/{share_id}",
]);

function needsKey(path: string) {
  if (isOpenPath(path)) return false;
  return published.has(path) ? "unless published" : true;
}
