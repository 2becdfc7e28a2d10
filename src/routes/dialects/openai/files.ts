import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import {
  createFileId,
  type FileBucket,
  parsePurpose,
  prefixOf,
  purposeOf,
  toOpenaiFile,
  toOpenaiFileList,
} from "../../../dialects/openai/files.ts";
import { answers } from "../../../http/answers.ts";
import { type Connection, unhurried } from "../../../http/body.ts";
import { bytes, content } from "../../../http/content.ts";
import { serveFile } from "../../../http/file.ts";
import { getFile, readForm } from "../../../http/form.ts";
import { upTo } from "../../../http/query.ts";
import { ownersCache } from "../../../http/safe-headers.ts";
import { ApiError } from "../../../protocol/errors.ts";
import { PurposeForm } from "../../../protocol/forms.ts";
import type { Services } from "../../../services.ts";
import { noFile } from "../file-ids.ts";
import { theirAnswer } from "../theirs.ts";

const maxFieldBytes = 64 * 1024;
/** Theirs has up to ten times as many; `has_more` tells that others follow. */
const maxPage = 1000;

const params = Type.Object({ file_id: Type.String() });
const query = Type.Object({
  after: Type.Optional(Type.String()),
  limit: upTo(10_000),
  order: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")], { expected: "asc or desc" })),
  purpose: Type.Optional(Type.String()),
});

/** https://platform.openai.com/docs/api-reference/files: each is a bucket of its own, also to our own API. */
export function openaiFiles({ buckets, store, access, config }: Services) {
  return new Elysia({ prefix: "/v1/files" })
    .post("/", ({ request, server }) => upload({ request, server }), {
      parse: "none",
      body: content<PurposeForm>({ "multipart/form-data": PurposeForm }),
      response: theirAnswer(),
      detail: {
        summary: "Keeps a file: a document as its text, a medium as it is",
        description:
          "In OpenAI's format: https://platform.openai.com/docs/api-reference/files. Its id is a bucket's, too.",
      },
    })
    .get(
      "/",
      async ({ query: { after, order, purpose, ...asked }, request }) => {
        const { owner } = access.caller(request);
        const limit = Math.min(maxPage, Number(asked.limit ?? maxPage));
        const before = after === undefined ? undefined : (await findBucket(owner, after)).id;
        const prefix = prefixOf(purpose === undefined ? undefined : parsePurpose(purpose));
        const sorted = order === "asc" ? "oldest" : "newest";
        const read = await store.read("bucketList", { owner, before, limit: limit + 1, prefix, order: sorted });
        return toOpenaiFileList(read, limit);
      },
      {
        query,
        response: theirAnswer(),
        detail: { summary: "The files that were uploaded here, as OpenAI lists its own" },
      },
    )
    .get(
      "/:file_id",
      async ({ params, request }) => toOpenaiFile(await find(access.caller(request).owner, params.file_id)),
      { params, response: theirAnswer(), detail: { summary: "What is known of one of them" } },
    )
    .get("/:file_id/content", ({ params, request }) => serve(access.caller(request).owner, params.file_id, request), {
      params,
      response: answers({ 200: bytes("text/markdown", "image/*", "video/*", "audio/*") }),
      detail: { summary: "What is kept of it: the text of a document, a medium as it came" },
    })
    .delete(
      "/:file_id",
      async ({ params: { file_id }, request }) => {
        const { owner } = access.caller(request);
        await findBucket(owner, file_id);
        await buckets.remove(owner, file_id);
        return { id: file_id, object: "file", deleted: true };
      },
      { params, response: theirAnswer(), detail: { summary: "Deletes one of them" } },
    );

  async function upload({ request, server }: Connection): Promise<object> {
    const { owner } = access.caller(request);
    return unhurried({ request, server }, async () => {
      await using form = await readForm(request, {
        write: store.scratch.write,
        maxBytes: config.max_upload,
        maxFieldBytes,
      });
      const file = getFile(form);
      const id = createFileId(parsePurpose(form.fields.get("purpose")?.at(-1)));
      const { files, media, skipped } = await buckets.upload(owner, id, [file], { signal: request.signal });
      if (files.length + media.length > 0) return toOpenaiFile(await find(owner, id));
      await buckets.remove(owner, id);
      throw new ApiError("invalid_request", `file: ${skipped[0]?.reason ?? "there is nothing in it"}`);
    });
  }

  async function find(owner: string, fileId: string): Promise<FileBucket> {
    const { id } = await findBucket(owner, fileId);
    const [found] = await store.read("bucketList", { owner, before: id + 1, limit: 1 });
    if (found?.bucket_id === fileId) return found;
    throw noFile();
  }

  /** @throws {ApiError} `not_found`, also for a bucket that was made otherwise: whoever deletes all files means no others */
  async function findBucket(owner: string, fileId: string) {
    const bucket = purposeOf(fileId) && (await store.buckets.find(owner, fileId));
    if (bucket) return bucket;
    throw noFile();
  }

  /** Of an archive the first: all of it is in the bucket. */
  async function serve(owner: string, fileId: string, request: Request): Promise<Response> {
    await findBucket(owner, fileId);
    const [first] = await buckets.page(owner, fileId, 0, 1);
    if (!first) throw noFile();
    const { name, kind, type, bytes, blob, created_at: modifiedAt } = first;
    const { path } = await (kind === "media" ? buckets.medium : buckets.document)(owner, fileId, name);
    return serveFile(request, { path, type, bytes, etag: blob, modifiedAt, headers: ownersCache });
  }
}
