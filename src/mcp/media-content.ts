import { isReadablePicture, maxPixels } from "../lib/picture.ts";
import type { Caller } from "../protocol/caller.ts";
import type { PlainMedium } from "../runs/plain-answer.ts";
import { toMediaName } from "../runs/show-medium.ts";
import type { MediaRow } from "../store/media.ts";
import { type Content, type Resource, toText } from "./content.ts";
import { toMediaUri } from "./resource-uri.ts";
import type { ToolContext } from "./tool.ts";

/** Some hosts refuse results beyond a megabyte, and base64 makes three bytes four; arbitrary. */
const maxInlineBytes = 700 * 1024;
/** Of the larger side of a picture that has to be made smaller, in pixels: models see no more than that. */
const smallerSize = 1024;

/** Media of an answer: as they are, if they are not too large, and where they are kept. */
export async function toMediaContents(media: readonly PlainMedium[], context: ToolContext): Promise<Content[]> {
  const contents: Content[] = [];
  for (const { address } of media) {
    const row = await findOwn(address, context);
    if (row) contents.push(...(await toMediaContent(row, context)));
    else contents.push(toText(address));
  }
  return contents;
}

export async function toMediaContent(
  row: MediaRow,
  { parts, locate }: Pick<ToolContext, "parts" | "locate">,
): Promise<Content[]> {
  const shown = await toInline(row, parts.store.blobs.path(row.hash));
  return [
    ...(shown ? [shown] : []),
    { type: "resource_link", ...toMediaResource(row) },
    toText(`${nameOfKind(row)} is kept at ${locate(row)}`),
  ];
}

/** How a medium is listed, and linked to. */
export function toMediaResource({ name, type, bytes, prompt, model }: MediaRow): Resource {
  return {
    uri: toMediaUri(name),
    name,
    ...(prompt !== "" && { title: prompt.slice(0, 100).toWellFormed() }),
    ...(model !== "" && { description: `made by ${model}` }),
    mimeType: type,
    size: bytes,
  };
}

/** A line of an answer that is a medium's address, as a person outside finds it. */
export async function toOutsideAddress(address: string, context: ToolContext): Promise<string> {
  const row = await findOwn(address, context);
  return row ? context.locate(row) : address;
}

async function findOwn(
  address: string,
  { parts, caller }: { readonly parts: ToolContext["parts"]; readonly caller: Caller },
): Promise<MediaRow | undefined> {
  const name = toMediaName(address);
  const row = name === undefined ? undefined : await parts.store.media.find(name);
  return row?.owner === caller.owner ? row : undefined;
}

/** `undefined` for what no model can be shown so: films, and what is too large. */
async function toInline({ type, bytes }: MediaRow, path: string): Promise<Content | undefined> {
  if (type.startsWith("audio/")) return bytes > maxInlineBytes ? undefined : inline("audio", await read(path), type);
  if (!type.startsWith("image/")) return undefined;
  if (bytes <= maxInlineBytes) return inline("image", await read(path), type);
  if (!isReadablePicture(type)) return undefined;
  const smaller = await new Bun.Image(Bun.file(path), { maxPixels })
    .resize(smallerSize, smallerSize, { fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 })
    .bytes()
    .catch(() => undefined);
  return smaller && smaller.byteLength <= maxInlineBytes ? inline("image", smaller, "image/webp") : undefined;
}

function inline(type: "image" | "audio", bytes: Uint8Array, mimeType: string): Content {
  return { type, data: bytes.toBase64(), mimeType };
}

function read(path: string): Promise<Uint8Array> {
  return Bun.file(path).bytes();
}

function nameOfKind({ type }: MediaRow): string {
  if (type.startsWith("image/")) return "The picture";
  return type.startsWith("video/") ? "The film" : "The sound";
}
