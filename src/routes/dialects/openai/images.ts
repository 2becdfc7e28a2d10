import { Elysia } from "elysia";
import {
  type EditBody,
  type ImagesBody,
  parseEdit,
  parseEditForm,
  parseImages,
  toPictureRequest,
} from "../../../dialects/openai/images/request.ts";
import { createImagesEncoder, noPicture } from "../../../dialects/openai/images/encoder.ts";
import { type Picture, toImagesAnswer, toPictures, toPictureUsage } from "../../../dialects/openai/images/picture.ts";
import { type Connection, parseBody, readBody, unhurried } from "../../../http/body.ts";
import { content } from "../../../http/content.ts";
import { type FormFile, isForm, readForm } from "../../../http/form.ts";
import { jsonBody } from "../../../http/json-body.ts";
import { toSeconds } from "../../../lib/clock.ts";
import { ApiError } from "../../../protocol/errors.ts";
import { ImageEditForm } from "../../../protocol/forms.ts";
import { createInlineBudget } from "../../../protocol/inline-budget.ts";
import type { Services } from "../../../services.ts";
import { createAnswering } from "../answering.ts";
import { withBytes } from "../inline-media.ts";
import { toPictureTarget } from "../picture-target.ts";
import { eventStream } from "../streamed.ts";
import { createFindTarget } from "../target.ts";
import { theirAnswer } from "../theirs.ts";

const maxFieldBytes = 256 * 1024;

/** https://platform.openai.com/docs/api-reference/images */
export function openaiImages(services: Services) {
  const { access, clients, store, config, clock } = services;
  const findTarget = createFindTarget(services);
  const answering = createAnswering(services);

  return new Elysia({ prefix: "/v1/images" })
    .post("/generations", ({ body, request, server }) => make(body, [], { request, server }), {
      ...jsonBody(config.max_body, parseImages),
      response: theirAnswer("text/event-stream"),
      detail: {
        summary: "Pictures, made of words",
        description: "In OpenAI's format: https://platform.openai.com/docs/api-reference/images/create",
      },
    })
    .post(
      "/edits",
      async ({ request, server }) => {
        const body = await readEdit({ request, server });
        return make(body, body.images, { request, server });
      },
      {
        parse: "none",
        body: content<ImageEditForm>({ "multipart/form-data": ImageEditForm }),
        response: theirAnswer("text/event-stream"),
        detail: {
          summary: "Pictures, made of others",
          description: "In OpenAI's format: https://platform.openai.com/docs/api-reference/images/createEdit",
        },
      },
    );

  async function make(
    body: ImagesBody,
    inputs: EditBody["images"],
    { request, server }: Connection,
  ): Promise<Response> {
    const { prompt, response_format, stream, partial_images } = body;
    const target = await toPictureTarget(await findTarget(body, request), services);
    const begun = await answering.begin({ ...toPictureRequest(body, inputs), ...target }, request);
    const events = withBytes(begun.events, access.caller(request).owner, store);
    const created = toSeconds(clock());
    const hasInputs = inputs.length > 0;
    if (stream) {
      const type = hasInputs ? "image_edit" : "image_generation";
      const options = { prompt, type, maxPartials: partial_images ?? 0, created, hasInputs };
      return answering.stream(
        { ...begun, events },
        {
          encoder: createImagesEncoder(options),
          ...eventStream,
          request,
          server,
        },
      );
    }
    const pictures: Picture[] = [];
    const isUrl = response_format === "url";
    const { usage } = await answering.collect(isUrl ? begun : { ...begun, events }, { request, server }, (event) => {
      pictures.push(...toPictures(event, prompt));
      return "";
    });
    if (pictures.length === 0) throw noPicture();
    const origin = clients.originOf(request);
    const told = pictures.map(({ url, ...rest }) => ({
      ...rest,
      ...(url !== undefined && { url: new URL(url, origin).href }),
    }));
    return Response.json(toImagesAnswer(told, toPictureUsage(usage, hasInputs), created), { headers: begun.headers });
  }

  /** JSON, or a form whose pictures are `image`, `image[]` or `image[0]`. */
  async function readEdit(connection: Connection): Promise<EditBody> {
    const { request } = connection;
    return unhurried(connection, async () => {
      if (!isForm(request)) return parseEdit(parseBody(await readBody(request, config.max_body)));
      await using form = await readForm(request, {
        write: store.scratch.write,
        maxBytes: config.max_upload,
        maxFieldBytes,
      });
      const pictures = form.files.filter(({ field }) => /^image(\[\d*\])?$/.test(field));
      const hasMask = form.files.some(({ field }) => field === "mask" || field === "markup");
      const budget = createInlineBudget();
      for (const { bytes } of pictures) budget.take(bytes);
      return parseEditForm(form.fields, await Promise.all(pictures.map(toDataUrl)), hasMask);
    });
  }
}

/** What it really is, its bytes tell. @throws {ApiError} `invalid_request` */
async function toDataUrl({ path, field }: FormFile): Promise<string> {
  const { fileTypeFromBuffer } = await import("file-type");
  const bytes = await Bun.file(path).bytes();
  const type = (await fileTypeFromBuffer(bytes))?.mime ?? "";
  if (!type.startsWith("image/")) throw new ApiError("invalid_request", `${field}: expected a picture`);
  return `data:${type};base64,${bytes.toBase64()}`;
}
