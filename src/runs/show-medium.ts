import { parseWebAddress } from "../lib/web-address.ts";
import { type Shown, toMediaContent } from "../media/markup.ts";
import type { MediaStore } from "../media/save.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { Candidate } from "../routing/candidate.ts";
import { textOf } from "../providers/content.ts";
import type { Medium } from "../providers/media.ts";
import type { MediaRow } from "../store/media.ts";
import type { Downloads } from "./downloads.ts";

export interface Showing {
  readonly media: MediaStore;
  readonly downloads: Downloads;
  readonly owner: string;
  readonly candidate: Candidate;
  readonly request: ChatRequest;
  readonly signal: AbortSignal;
  readonly note: (log: string) => void;
}

/** A medium of an answer: kept, and shown by its address. One on its way is shown small, and not kept. */
export async function showMedium(
  { type, medium }: { readonly type: "media" | "preview"; readonly medium: Medium },
  showing: Showing,
): Promise<RunEvent> {
  const { kind, source } = medium;
  const { candidate, request, media } = showing;
  const prompt = textOf(request.messages.findLast(({ role }) => role === "user")?.content);
  const alt = medium.alt ?? (kind === "audio" ? "" : prompt);
  if ("url" in source && !parseWebAddress(source.url))
    throw new ApiError("no_media", `${candidate.provider.name} gave an address that is none of the web`);
  if (type === "preview") return toPreview(medium, alt);
  const keep = (bytes: Uint8Array | AsyncIterable<Uint8Array>) =>
    media.save(bytes, {
      owner: showing.owner,
      model: candidate.model,
      provider: candidate.provider.name,
      prompt,
      aspectRatio: request.aspect_ratio ?? undefined,
    });
  if ("bytes" in source) return toMediaContent(toShown(await keep(source.bytes), alt));
  const url = new URL(source.url);
  const row = request.download_media === false ? undefined : await download(url, keep, showing);
  return toMediaContent(row ? toShown(row, alt) : { kind, url: url.href, alt });
}

/** `undefined` where it cannot be fetched or kept: then it is shown where it lies. */
async function download(
  url: URL,
  keep: (bytes: AsyncIterable<Uint8Array>) => Promise<MediaRow>,
  { downloads, candidate: { provider }, signal, note }: Showing,
): Promise<MediaRow | undefined> {
  try {
    return await keep(downloads.read(url, provider, signal));
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toApiError(thrown);
    if (error.reason === "internal") throw thrown;
    note(`${provider.name}: what it made stays where it lies: ${error.message}`);
    return undefined;
  }
}

/** As what it is, by its bytes. */
function toShown({ name, type, width, height }: MediaRow, alt: string): Shown {
  const kind = type.startsWith("image/") ? "image" : type.startsWith("video/") ? "video" : "audio";
  return { kind, url: toMediaAddress(name), thumbnail: `/thumbnail/${encodeURI(name)}`, width, height, alt };
}

/** Where a medium that is kept is asked for. */
export function toMediaAddress(name: string): string {
  return `/media/${encodeURI(name)}`;
}

/** The other way; `undefined` for what lies elsewhere. */
export function toMediaName(address: string): string | undefined {
  return address.startsWith("/media/") ? decodeURI(address.slice("/media/".length)) : undefined;
}

/** Of a picture that is not finished, in pixels. */
const previewSize = 256;

async function toPreview({ source }: Medium, alt: string): Promise<RunEvent> {
  const url = "url" in source ? source.url : await toSmallPicture(source.bytes);
  return { type: "preview", preview: `[![${alt.replace(/[[\]\s]+/g, " ")}](${url})](${url})`, urls: url, alt };
}

async function toSmallPicture(bytes: Uint8Array): Promise<string> {
  const small = await new Bun.Image(bytes)
    .resize(previewSize, previewSize, { fit: "inside" })
    .webp({ quality: 60 })
    .bytes();
  return `data:image/webp;base64,${Buffer.from(small).toString("base64")}`;
}
