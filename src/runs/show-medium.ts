import { toMediaContent } from "../media/markup.ts";
import type { MediaStore } from "../media/save.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { Candidate } from "../routing/candidate.ts";
import { textOf } from "../providers/content.ts";
import type { Medium } from "../providers/media.ts";

export interface Showing {
  readonly media: MediaStore;
  readonly owner: string;
  readonly candidate: Candidate;
  readonly request: ChatRequest;
}

/** A medium of an answer: kept, and shown by its address. One on its way is shown small, and not kept. */
export async function showMedium(
  { type, medium }: { readonly type: "media" | "preview"; readonly medium: Medium },
  { media, owner, candidate, request }: Showing,
): Promise<RunEvent> {
  const { kind, source } = medium;
  const prompt = textOf(request.messages.findLast(({ role }) => role === "user")?.content);
  const alt = medium.alt ?? (kind === "audio" ? "" : prompt);
  if ("url" in source && !(URL.canParse(source.url) && /^https?:$/.test(new URL(source.url).protocol)))
    throw new ApiError("no_media", `${candidate.provider.name} gave an address that is none of the web`);
  if (type === "preview") return toPreview(medium, alt);
  if ("url" in source) return toMediaContent({ kind, url: new URL(source.url).href, alt });
  const about = { owner, model: candidate.model, prompt, aspectRatio: request.aspect_ratio ?? undefined };
  const { name, width, height } = await media.save(source.bytes, about);
  const file = encodeURI(name);
  return toMediaContent({ kind, url: `/media/${file}`, thumbnail: `/thumbnail/${file}`, width, height, alt });
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
