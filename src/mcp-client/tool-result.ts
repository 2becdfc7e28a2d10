import { arrayAt, at, isObject, type JsonObject, textAt, tryParseJson } from "../lib/json.ts";
import { oneLine } from "../lib/text.ts";

/** What a tool gave. https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-result */
export interface ToolResult {
  /** Whether the tool itself says that it failed. */
  readonly isError: boolean;
  /** What of it can be read, with a word for each part that cannot. */
  readonly text: string;
  readonly pictures: readonly ToolPicture[];
}

export interface ToolPicture {
  readonly mime: string;
  readonly base64: string;
}

/** Of a result, in characters: no model reads more of it. Arbitrary. */
const maxTextLength = 400_000;
/** Of one result; vendors take no others, and no larger ones. */
const maxPictures = 8;
const maxPictureLength = 7 * 1024 * 1024;
const pictureKinds: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export function readResult(result: JsonObject): ToolResult {
  const pictures: ToolPicture[] = [];
  const texts = arrayAt(result, "content").map((block) => toText(block, pictures));
  const structured = at(result, "structuredContent");
  // Servers say it as text as well, for clients that know no better.
  const isSaid = texts.some((text) => Bun.deepEquals(tryParseJson(text), structured));
  if (isObject(structured) && !isSaid) texts.push(JSON.stringify(structured));
  const text = texts.filter((each) => each !== "").join("\n\n");
  return { isError: result.isError === true, text: text.slice(0, maxTextLength).toWellFormed(), pictures };
}

function toText(block: unknown, pictures: ToolPicture[]): string {
  switch (at(block, "type")) {
    case "text":
      return textAt(block, "text") ?? "";
    case "image":
      return toPicture(block, pictures);
    case "audio":
      return `(A sound, ${kindOf(block)}: it cannot be given here.)`;
    case "resource":
      return fromResource(at(block, "resource"));
    case "resource_link":
      return [textAt(block, "uri"), textAt(block, "title") ?? textAt(block, "name"), textAt(block, "description")]
        .filter((each) => each)
        .join(" – ");
    default:
      return "(A part of a kind that is not known here.)";
  }
}

function toPicture(block: unknown, pictures: ToolPicture[]): string {
  const mime = kindOf(block);
  const base64 = textAt(block, "data") ?? "";
  const isGood =
    pictureKinds.has(mime) && base64 !== "" && base64.length <= maxPictureLength && /^[\w+/=-]+$/.test(base64);
  if (!isGood || pictures.length === maxPictures) return `(A picture, ${mime}: it cannot be given here.)`;
  pictures.push({ mime, base64 });
  return "";
}

function fromResource(resource: unknown): string {
  const address = oneLine(textAt(resource, "uri") ?? "", 500);
  const text = textAt(resource, "text");
  if (text !== undefined) return address === "" ? text : `${address}\n${text}`;
  return `(A file, ${address}, ${kindOf(resource)}: it cannot be given here.)`;
}

function kindOf(block: unknown): string {
  return oneLine((textAt(block, "mimeType") ?? "of an unknown kind").slice(0, 100), 100).toLowerCase();
}
