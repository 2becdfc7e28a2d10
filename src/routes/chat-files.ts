import { rm } from "node:fs/promises";
import { type Static, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { content } from "../http/content.ts";
import { answers } from "../http/answers.ts";
import { exportAll, exportChat } from "../chats/export.ts";
import { getChat } from "../chats/lookup.ts";
import { exportMarkdown } from "../chats/markdown.ts";
import { attachment } from "../http/attachment.ts";
import { bodyPieces, unhurried } from "../http/body.ts";
import { getFile, isForm, readForm } from "../http/form.ts";
import { placeOf } from "../http/incoming.ts";
import { ownersCache } from "../http/safe-headers.ts";
import { toTextStream } from "../lib/byte-stream.ts";
import { AddedMessages, ChatImport } from "../protocol/chats.ts";
import { Bytes, FileForm } from "../protocol/forms.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Services } from "../services.ts";

/** Chats as files. */
export function chatFiles({ store: { chats, scratch }, access, config, chatImporter }: Services) {
  return new Elysia()
    .post(
      "/backend-api/v2/chats/import",
      async ({ request, server }) => {
        const { owner } = access.caller(request);
        return unhurried({ request, server }, () =>
          isForm(request) ? importForm(request, owner) : importBody(request, owner),
        );
      },
      {
        parse: "none",
        body: content<Static<typeof FileForm> | readonly object[]>({
          "application/json": Type.Union([Type.Array(Type.Object({})), Type.Object({})]),
          "application/zip": Bytes,
          "multipart/form-data": FileForm,
        }),
        response: answers({ 200: ChatImport }),
        detail: {
          summary: "Takes chats from a file, and says what came of each",
          description:
            "An export of this server, ChatGPT's (its `conversations.json`, or the archive), or what web interfaces of this " +
            "API save, one chat or an array: as the body, or in a form's field `file`. What is here already stays as it is.",
        },
      },
    )
    .get(
      "/backend-api/v2/chats/export",
      ({ request }) => toFile(exportAll(chats, access.caller(request).owner), "chats.json", json),
      {
        response: answers({ 200: Type.Array(AddedMessages) }),
        detail: { summary: "All your chats as a file, an array of JSON, which can be imported again" },
      },
    )
    .get(
      "/backend-api/v2/chats/:chat_id/export",
      async ({ params, query: { format = "json" }, request }) => {
        const chat = await getChat(chats, access.caller(request).owner, params.chat_id);
        const name = chat.title ?? "chat";
        return format === "json"
          ? toFile(exportChat(chats, chat), `${name}.json`, json)
          : toFile(exportMarkdown(chats, chat), `${name}.md`, markdown);
      },
      {
        params: Type.Object({ chat_id: Type.String() }),
        query: Type.Object({
          format: Type.Optional(Type.String({ pattern: "^(json|markdown)$", expected: "json or markdown" })),
        }),
        response: answers({
          200: content<Static<typeof AddedMessages> | string>({
            "application/json": AddedMessages,
            "text/markdown": Type.String(),
          }),
        }),
        detail: {
          summary:
            "A chat as a file: all of it as JSON, or with `?format=markdown` the branch that is shown, for people",
        },
      },
    );

  async function importForm(request: Request, owner: string) {
    const limits = { maxBytes: config.max_upload, maxFieldBytes };
    await using form = await readForm(request, { write: scratch.write, ...limits });
    // Awaited: the file is gone with the form.
    return await chatImporter.run(getFile(form).path, owner, request.signal);
  }

  async function importBody(request: Request, owner: string) {
    const leave = placeOf(request)?.enterUpload();
    const { path, bytes } = await scratch.write(bodyPieces(request, config.max_upload)).finally(() => leave?.());
    try {
      if (bytes === 0) throw new ApiError("invalid_json", "the body is empty: send the file, or a form with it");
      return await chatImporter.run(path, owner, request.signal);
    } finally {
      await rm(path, { force: true });
    }
  }
}

/** A field of a form that is no file means nothing here. */
const maxFieldBytes = 64 * 1024;
const json = "application/json;charset=utf-8";
const markdown = "text/markdown;charset=utf-8";

function toFile(texts: AsyncIterable<string>, name: string, type: string): Response {
  return new Response(toTextStream(texts), {
    headers: { "content-type": type, ...ownersCache, ...attachment(name) },
  });
}
