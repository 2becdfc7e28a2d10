import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { askedHeader } from "../http/asked-header.ts";
import { content } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { parseBody, readBody, unhurried } from "../http/body.ts";
import { header } from "../http/headers.ts";
import { toShareWriter } from "../http/share-writer.ts";
import { namesVersion, unchanged } from "../http/versions.ts";
import { createCheck, explainMismatch } from "../lib/schema.ts";
import { ApiError } from "../protocol/errors.ts";
import { assertId } from "../protocol/ids.ts";
import { Done } from "../protocol/resources.ts";
import { ShareDocument, ShareSaved } from "../protocol/shares.ts";
import type { Services } from "../services.ts";
import { shareList } from "./share-list.ts";

const params = Type.Object({ share_id: Type.String() });
const query = Type.Object({ expires_in: Type.Optional(Type.String()) });
const compiled = createCheck(ShareDocument);

const writeKey = askedHeader("x-write-key", "for those who are not its owner: what its first writer was given");
type Shared = ShareDocument & Record<string, unknown>;

/** A hundred years. */
const maxExpirySeconds = 3_155_760_000;

interface Context {
  readonly params: { readonly share_id: string };
  readonly request: Request;
}

/** Chats that are published: readable without a key, and written by their owner or whoever holds their write key. */
export function shares(services: Services) {
  const { shares, access, config } = services;
  return new Elysia()
    .use(shareList(services))
    .post(
      "/backend-api/v2/chat/:share_id",
      async ({ params, query, request, server }) => {
        assertId("share_id", params.share_id);
        const expiresInMs = readExpiry(query.expires_in ?? header(request, "x-expires-in"));
        const expected = header(request, "if-match");
        const bytes = await unhurried({ request, server }, () => readBody(request, config.max_body));
        return shares.save(
          params.share_id,
          {
            bytes,
            document: parseDocument(bytes),
            expiresInMs,
            isExpected: (updated) =>
              expected === undefined || (updated !== undefined && namesVersion(expected, updated)),
          },
          toShareWriter(access, request),
        );
      },
      {
        params,
        query,
        parse: "none",
        body: content<Shared>({ "application/json": ShareDocument }),
        response: answers({ 200: ShareSaved }),
        detail: {
          summary: "Publishes a chat, or replaces an older version of it",
          description:
            "Any JSON object; `updated`, in milliseconds, is its version. An older one than is there is a 409, and one that " +
            "does not find the version of `If-Match` a 412. `?expires_in=` or `x-expires-in` has it go after so many seconds.",
          parameters: [
            writeKey,
            askedHeader("If-Match", "the version that is to be replaced"),
            askedHeader("x-expires-in", "as `expires_in`"),
          ],
        },
      },
    )
    .get("/backend-api/v2/chat/:share_id", (context) => read(context), {
      params,
      response: answers({ 200: content<Shared>({ "application/json": ShareDocument }) }),
      detail: {
        summary: "A published chat as it came; 304 where `If-None-Match` names its version",
        parameters: [askedHeader("If-None-Match", "the version that you have")],
        responses: unchanged,
      },
    })
    .delete(
      "/backend-api/v2/chat/:share_id",
      async ({ params, request }) => {
        await shares.remove(params.share_id, toShareWriter(access, request));
        return { message: "Shared chat deleted successfully" };
      },
      {
        params,
        response: answers({ 200: Done }),
        detail: { summary: "Takes a published chat back", parameters: [writeKey] },
      },
    );

  async function read({ params, request }: Context): Promise<Response> {
    const { updated } = await shares.get(params.share_id);
    const known = header(request, "if-none-match");
    if (known !== undefined && namesVersion(known, updated))
      return new Response(null, { status: 304, headers: toHeaders(updated) });
    const share = await shares.read(params.share_id);
    return new Response(share.body, {
      headers: {
        ...toHeaders(share.updated),
        "content-type": "application/json; charset=utf-8",
        "content-length": String(share.bytes),
      },
    });
  }
}

function toHeaders(updated: number): Record<string, string> {
  return { etag: `"${updated}"`, "cache-control": "no-cache" };
}

function parseDocument(bytes: Uint8Array): ShareDocument {
  const document = parseBody(bytes);
  if (!compiled.Check(document)) throw new ApiError("invalid_request", explainMismatch(compiled, document));
  return document;
}

/** Milliseconds. */
function readExpiry(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d{1,10}$/.test(value) ? Number(value) : Infinity;
  if (seconds > maxExpirySeconds)
    throw new ApiError("invalid_request", `expires_in: expected seconds from 0, for never, to ${maxExpirySeconds}`);
  return seconds * 1000;
}
