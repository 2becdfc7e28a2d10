import { type Static, Type } from "@sinclair/typebox";
import { ApiError } from "../../../protocol/errors.ts";
import { createReader } from "../../reader.ts";
import { Name, optional, target } from "../fields.ts";

const OneOf = (...values: readonly string[]) =>
  optional(Type.Union(values.map((value) => Type.Literal(value))), values.join(" or "));

const common = {
  prompt: Type.String({ pattern: "\\S", expected: "what the picture is to show, in words" }),
  ...target,
  n: optional(Type.Integer({ minimum: 1, maximum: 10 }), "a number from 1 to 10"),
  size: optional(Type.String({ pattern: "^(auto|[1-9]\\d{1,4}x[1-9]\\d{1,4})$" }), "auto, or a size such as 1536x1024"),
  output_format: OneOf("png", "jpeg", "webp"),
  quality: optional(Name, "a quality such as low or high"),
  background: OneOf("auto", "transparent", "opaque"),
  response_format: OneOf("b64_json", "url"),
  stream: optional(Type.Boolean(), "a boolean"),
  partial_images: optional(Type.Integer({ minimum: 0, maximum: 3 }), "a number from 0 to 3"),
};

/** https://platform.openai.com/docs/api-reference/images/create */
const ImagesBody = Type.Object(common, { expected: "an object" });
export type ImagesBody = Static<typeof ImagesBody>;

/** A picture to work on, as JSON names it. */
const Picture = Type.Union(
  [
    Type.Object({ image_url: Type.String() }, { additionalProperties: true }),
    Type.Object({ file_id: Type.String() }, { additionalProperties: true }),
  ],
  { expected: "an object with image_url or file_id" },
);

/** https://platform.openai.com/docs/api-reference/images/createEdit */
const EditBody = Type.Object(
  { ...common, images: Type.Array(Picture, { minItems: 1, maxItems: 16, expected: "from 1 to 16 pictures" }) },
  { expected: "an object" },
);
export type EditBody = Static<typeof EditBody>;

const readImages = createReader(ImagesBody);

/** @throws {ApiError} `invalid_request` */
export function parseImages(body: unknown): ImagesBody {
  return readImages(body);
}

const readEdit = createReader(EditBody);

/** @throws {ApiError} `invalid_request`, also for a mask: no provider is asked with one */
export function parseEdit(body: Readonly<Record<string, unknown>>): EditBody {
  for (const field of ["mask", "markup"])
    if (body[field] != null)
      throw new ApiError("invalid_request", `${field}: it is not passed on; say in the prompt what is to be changed`);
  return readEdit(body);
}

/** The fields of a form, in which all is text, with pictures as `data:` addresses. @throws as `parseEdit` */
export function parseEditForm(
  fields: ReadonlyMap<string, readonly string[]>,
  pictures: readonly string[],
  hasMask: boolean,
): EditBody {
  const texts = Object.fromEntries([...fields].map(([name, values]) => [name, values.at(-1) ?? ""]));
  return parseEdit({
    ...texts,
    ...toNumber("n"),
    ...toNumber("partial_images"),
    ...(texts.stream !== undefined && { stream: texts.stream === "true" }),
    ...(hasMask && { mask: true }),
    images: pictures.map((image_url) => ({ image_url })),
  });

  function toNumber(name: string): Record<string, number> {
    return texts[name] === undefined ? {} : { [name]: texts[name].trim() === "" ? Number.NaN : Number(texts[name]) };
  }
}

/** As a conversation of one message, whose model makes pictures, of nothing or of others. */
export function toPictureRequest(body: ImagesBody, images: EditBody["images"]) {
  const { prompt, size, n, quality, background, output_format: format } = body;
  return {
    messages: [{ role: "user", content: [{ type: "text", text: prompt }, ...images.map(toPart)] }],
    ...(n != null && { n }),
    ...(format && { format }),
    // What is the usual is not asked for: fewer models would take it.
    ...(quality && quality !== "auto" && { quality }),
    ...(background && background !== "auto" && { background }),
    ...(size && size !== "auto" && toShape(size)),
  };
}

function toPart(picture: EditBody["images"][number]): object {
  return "image_url" in picture
    ? { type: "image_url", image_url: { url: picture.image_url } }
    : { type: "file", file: { file_id: picture.file_id } };
}

/** In every way in which providers take it. */
function toShape(size: string) {
  const [width = 1, height = 1] = size.split("x").map(Number);
  const divisor = greatestCommonDivisor(width, height);
  return { width, height, resolution: size, aspect_ratio: `${width / divisor}:${height / divisor}` };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
