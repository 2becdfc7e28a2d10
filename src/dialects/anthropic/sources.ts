import { type TSchema, Type } from "@sinclair/typebox";
import { ApiError } from "../../protocol/errors.ts";
import { type Block, Content } from "./content.ts";
import { createReader } from "../reader.ts";

const MediaType = Type.String({
  pattern: "^[\\w.+-]+/[\\w.+-]+$",
  expected: "a media type such as image/png",
});
const sourceOf = <T extends TSchema>(source: T) => createReader(Type.Object({ source }));
const readSource = sourceOf(Type.Object({ type: Type.String() }, { expected: "a source: an object with type" }));
const readBytes = sourceOf(Type.Object({ media_type: MediaType, data: Type.String() }));
const readAddress = sourceOf(Type.Object({ url: Type.String() }));
const readFile = sourceOf(Type.Object({ file_id: Type.String() }));
const readText = sourceOf(Type.Object({ data: Type.String() }));
const readContent = sourceOf(Type.Object({ content: Content }));
const readAbout = createReader(
  Type.Object({
    title: Type.Optional(Type.Union([Type.String(), Type.Null()], { expected: "a string or null" })),
    context: Type.Optional(Type.Union([Type.String(), Type.Null()], { expected: "a string or null" })),
  }),
);

/** https://docs.anthropic.com/en/docs/build-with-claude/vision */
export function toImage(block: Block, place: string): object {
  switch (readSource(block, place).source.type) {
    case "base64":
      return { type: "image_url", image_url: { url: toDataUrl(block, place) } };
    case "url":
      return { type: "image_url", image_url: { url: readAddress(block, place).source.url } };
    case "file":
      return { type: "file", file: { file_id: readFile(block, place).source.file_id } };
    default:
      throw unknownSource(place, "base64, url or file");
  }
}

/**
 * https://docs.anthropic.com/en/docs/build-with-claude/pdf-support, and for text /citations
 *
 * @param partsOf what a document of blocks holds
 */
export function toDocument(
  block: Block,
  place: string,
  partsOf: (content: Content, place: string) => unknown[],
): object[] {
  const { title, context } = readAbout(block, place);
  const named = title ? { filename: title } : {};
  switch (readSource(block, place).source.type) {
    case "base64":
      return inContext({ type: "file", file: { ...named, file_data: toDataUrl(block, place) } });
    case "url":
      return inContext({ type: "file", file: { ...named, file_data: readAddress(block, place).source.url } });
    case "file":
      return inContext({ type: "file", file: { file_id: readFile(block, place).source.file_id } });
    case "text":
      return toQuote([{ type: "text", text: readText(block, place).source.data }]);
    case "content":
      return toQuote(partsOf(readContent(block, place).source.content, `${place}.source.content`) as object[]);
    default:
      throw unknownSource(place, "base64, text, content, url or file");
  }

  function inContext(file: object): object[] {
    return context ? [{ type: "text", text: `About ${title ?? "the next document"}: ${context}` }, file] : [file];
  }

  function toQuote(parts: readonly object[]): object[] {
    const about = [title && `title: ${title}`, context && `context: ${context}`].filter(Boolean).join("\n");
    const open = { type: "text", text: `<document>\n${about === "" ? "" : `${about}\n\n`}` };
    return [open, ...parts, { type: "text", text: "\n</document>\n" }];
  }
}

function toDataUrl(block: Block, place: string): string {
  const { media_type, data } = readBytes(block, place).source;
  return `data:${media_type};base64,${data}`;
}

function unknownSource(place: string, known: string): ApiError {
  return new ApiError("invalid_request", `${place}.source.type: expected ${known}`);
}
