import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { askedHeader } from "../http/asked-header.ts";
import { bytes, content } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { type Connection, unhurried } from "../http/body.ts";
import { sandboxed, servedDetail, serveFile } from "../http/file.ts";
import { readForm } from "../http/form.ts";
import { header } from "../http/headers.ts";
import { embeddable, ownersCache } from "../http/safe-headers.ts";
import { toShareWriter } from "../http/share-writer.ts";
import { streamUnnamed } from "../http/unnamed-events.ts";
import { toByteStream } from "../lib/byte-stream.ts";
import { BucketProgress, BucketUpload } from "../protocol/buckets.ts";
import { ApiError } from "../protocol/errors.ts";
import { FilesForm } from "../protocol/forms.ts";
import { assertId } from "../protocol/ids.ts";
import { Done } from "../protocol/resources.ts";
import { parseLanguage } from "../runs/transcriber.ts";
import type { Services } from "../services.ts";

const params = Type.Object({ bucket_id: Type.String() });
const mediumParams = Type.Object({ bucket_id: Type.String(), name: Type.String() });
/** A field of a form that is no file means nothing here. */
const maxFieldBytes = 64 * 1024;

interface Context extends Connection {
  readonly params: { readonly bucket_id: string };
}

/** Files under an id of the caller's: documents as text, media as they are. */
export function files({ buckets, shares, access, store, library, transcriber, config, streams }: Services) {
  return new Elysia()
    .get("/backend-api/v2/files/:bucket_id", (context) => (wantsProgress(context) ? watch(context) : read(context)), {
      params,
      response: answers({ 200: content<string>({ "text/plain": Type.String(), "text/event-stream": BucketProgress }) }),
      detail: {
        summary: "The text of a bucket's documents",
        description: "With `Accept: text/event-stream` what is in it, and what an upload that goes on adds.",
      },
    })
    .get("/backend-api/v2/files/:bucket_id/stream", (context) => watch(context), {
      params,
      response: answers({
        200: content<AsyncGenerator<{ readonly data: BucketProgress }, void, unknown>>({
          "text/event-stream": BucketProgress,
        }),
      }),
      detail: { summary: "What is in a bucket, and what an upload that goes on adds, as events" },
    })
    .post("/backend-api/v2/files/:bucket_id", (context) => upload(context), {
      params,
      parse: "none",
      body: content<Static<typeof FilesForm>>({ "multipart/form-data": FilesForm }),
      response: answers({ 200: BucketUpload }),
      detail: {
        summary: "Adds files to a bucket, which is made if it is missing",
        description:
          "A form with any number of `files`. Documents become Markdown, archives are opened, media are kept. " +
          "`x-recognition-language` has what is said in recordings written down.",
        parameters: [
          askedHeader("x-recognition-language", "the language that is spoken, such as `en` or `pt-BR`, or `auto`"),
        ],
      },
    })
    .delete(
      "/backend-api/v2/files/:bucket_id",
      async ({ params, request }) => {
        await remove(params.bucket_id, request);
        return { message: "Bucket deleted successfully" };
      },
      {
        params,
        response: answers({ 200: Done }),
        detail: { summary: "Deletes a bucket and all that is in it, and a chat shared under its id" },
      },
    )
    .get("/files/:bucket_id/media/:name", (context) => serve(context, false), {
      params: mediumParams,
      response: answers({ 200: bytes("image/*", "video/*", "audio/*") }),
      detail: { summary: "A picture, film or sound of a bucket", ...servedDetail },
    })
    .get("/files/:bucket_id/thumbnail/:name", (context) => serve(context, true), {
      params: mediumParams,
      response: answers({ 200: bytes("image/webp", "image/*", "video/*", "audio/*") }),
      detail: { summary: "The same, small", ...servedDetail },
    });

  async function upload({ params, request, server }: Context) {
    assertId("bucket_id", params.bucket_id);
    const caller = access.caller(request);
    const wished = header(request, "x-recognition-language") ?? "";
    const language = parseLanguage(wished);
    return unhurried({ request, server }, async () => {
      await using form = await readForm(request, {
        write: store.scratch.write,
        maxBytes: config.max_upload,
        maxFieldBytes,
      });
      const uploads = form.files.filter(({ field }) => field === "files");
      if (uploads.length === 0)
        throw new ApiError("invalid_request", 'the form needs at least one file in a field "files"');
      return await buckets.upload(caller.owner, params.bucket_id, uploads, {
        transcribe:
          wished === ""
            ? undefined
            : async (path, fileName, signal) => {
                const recording = { sound: Bun.file(path), fileName, language };
                return (await transcriber.transcribe(recording, caller, signal)).text;
              },
        signal: request.signal,
      });
    });
  }

  /** Existing clients also take back here what they share under the same id. */
  async function remove(id: string, request: Request): Promise<void> {
    const outcomes = await Promise.allSettled([
      buckets.remove(access.caller(request).owner, id),
      shares.remove(id, toShareWriter(access, request)),
    ]);
    const failures = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    const failed = failures.find((each) => !isNotTheirs(each));
    if (failed !== undefined || failures.length === outcomes.length) throw failed ?? failures[0];
  }

  async function read({ params, request }: Context): Promise<Response> {
    const text = await buckets.read(access.caller(request).owner, params.bucket_id);
    return new Response(toByteStream(text), {
      headers: { ...sandboxed, ...ownersCache, "content-type": "text/plain; charset=utf-8" },
    });
  }

  async function watch({ params, request, server }: Context): Promise<Response> {
    const progress = await buckets.watch(access.caller(request).owner, params.bucket_id, request.signal);
    return streamUnnamed(progress, { request, server, watch: streams.watch });
  }

  /** The caller's own; or else what is published under this address. */
  async function findMedium(bucketId: string, name: string, request: Request) {
    assertId("bucket_id", bucketId);
    assertId("name", name);
    const publisher = shares.findPublisher({ bucketId, name });
    const owner = access.find(request)?.owner ?? publisher ?? access.caller(request).owner;
    const medium = await buckets.medium(owner, bucketId, name).catch((thrown: unknown) => {
      if (publisher === undefined || publisher === owner) throw thrown;
      return buckets.medium(publisher, bucketId, name);
    });
    return {
      ...medium,
      headers: { ...ownersCache, ...embeddable(publisher !== undefined || config.cors_origins.length > 0) },
    };
  }

  async function serve(
    {
      params,
      request,
    }: { readonly params: { readonly bucket_id: string; readonly name: string }; readonly request: Request },
    isSmall: boolean,
  ): Promise<Response> {
    const medium = await findMedium(params.bucket_id, params.name, request);
    const { path, type, bytes, blob, created_at: modifiedAt, headers } = medium;
    const small = isSmall ? await library.thumbnails.find({ hash: blob, path, type }) : undefined;
    return serveFile(request, { path, type, bytes, etag: blob, modifiedAt, headers, ...small });
  }
}

function isNotTheirs(thrown: unknown): boolean {
  return thrown instanceof ApiError && (thrown.reason === "not_found" || thrown.reason === "write_denied");
}

function wantsProgress({ request }: Context): boolean {
  return (header(request, "accept") ?? "").includes("text/event-stream");
}
