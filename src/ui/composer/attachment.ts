import type { BucketMedium, SkippedFile } from "../../protocol/buckets.ts";
import type { BucketPart } from "../../protocol/chat.ts";

/** A file that goes with a question, in a bucket of its own, so that it can be taken away again alone. */
export interface Attachment {
  /** Of its bucket. */
  readonly id: string;
  /** As the person calls it. */
  readonly name: string;
  readonly bytes: number;
  /** A media type, as the browser knows it; may be empty. */
  readonly type: string;
  /** `reading`: it is on the server, which makes text of it. */
  readonly state: "sending" | "reading" | "ready" | "failed";
  /** How much of it left, from 0 to 1. */
  readonly progress: number;
  readonly failure?: string | undefined;
  /** Whether it may go better another time: a file that nobody can read stays one. */
  readonly canRetry?: boolean;
  /** Documents whose text was kept: several of an archive. */
  readonly documents: readonly string[];
  readonly media: readonly BucketMedium[];
  /** What of an archive was not kept. */
  readonly skipped: readonly SkippedFile[];
  /** How much text was read of the documents. */
  readonly textBytes?: number | undefined;
  /** Its bucket was there before, and stays when it is taken out of the draft. */
  readonly isKept?: boolean | undefined;
}

/** A part that stands for documents, with their names for those who show the message. */
export type DocumentPart = BucketPart & { readonly files?: readonly string[] };

export function isUnsettled({ state }: Attachment): boolean {
  return state === "sending" || state === "reading";
}

/** What stands for it in a message. */
export function toParts({ id, state, documents, media }: Attachment): DocumentPart[] {
  if (state !== "ready") return [];
  const text: DocumentPart[] = documents.length > 0 ? [{ bucket_id: id, files: documents }] : [];
  return [...text, ...media.map(({ name }) => ({ bucket_id: id, name }))];
}

export function hasPicture({ state, media, type }: Attachment): boolean {
  if (state === "ready") return media.some(({ name }) => mediumKind(name) === "picture");
  return state !== "failed" && type.startsWith("image/");
}

export type MediumKind = "picture" | "sound" | "film";

/** What a medium is, as its name's ending tells; what buckets keep has the right one. */
export function mediumKind(name: string): MediumKind | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.entries(endings).find(([, of]) => of.includes(ending))?.[0] as MediumKind | undefined;
}

const endings: Readonly<Record<MediumKind, readonly string[]>> = {
  picture: ["jpg", "jpeg", "png", "gif", "webp"],
  sound: ["wav", "mp3", "flac", "opus", "ogg", "oga", "m4a", "aac"],
  film: ["mkv", "webm", "mp4", "mov", "avi", "ogv", "mpg", "mpeg"],
};

/** Of the server's, whatever a message names; `media` is the whole, `thumbnail` a small picture of it. */
export function mediumAddress(bucketId: string, name: string, form: "media" | "thumbnail" = "media"): string {
  return `/files/${encodeURIComponent(bucketId.toWellFormed())}/${form}/${encodeURIComponent(name.toWellFormed())}`;
}
