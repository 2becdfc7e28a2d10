import type { BucketFile, BucketInfo } from "../../protocol/buckets.ts";
import { toCount, toCountOf, toSize } from "../parts/amounts.ts";
import { wordOf } from "../parts/media-kinds.ts";
import { toMoment } from "../parts/moments.ts";

/** Made by a page, and nothing that a person would know it by. */
const generated = /^(attached|files)-[0-9a-f]{32}$/;

/** Its id where somebody chose that, and else its first files. */
export function toTitle({ bucket_id, names, documents, media }: BucketInfo): string {
  if (!generated.test(bucket_id)) return bucket_id;
  const [first] = names;
  if (first === undefined) return "Nothing that could be kept";
  const others = documents + media - 1;
  return others === 0 ? first : `${first} and ${toCount(others)} more`;
}

/** `2 documents, 1 media file · 3.4 KiB of text read · 1.2 MiB · 28 Nov 2026, 08:07` */
export function toSummary({ documents, media, text_bytes, media_bytes, updated_at }: BucketInfo): string {
  const held = [
    documents > 0 && toCountOf(documents, "document", "documents"),
    media > 0 && toCountOf(media, "media file", "media files"),
  ];
  return [
    held.filter(Boolean).join(", ") || "empty",
    documents > 0 && `${toSize(text_bytes)} of text read`,
    media > 0 && toSize(media_bytes),
    updated_at !== null && toMoment(updated_at),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What a file is, in a word, and how much of it there is. */
export function toAbout(file: BucketFile): string {
  const { kind, bytes, width, height } = file;
  if (kind === "document") return bytes === 0 ? "no text was found in it" : `${toSize(bytes)} of text read`;
  const dimensions = width !== null && height !== null && `${width} × ${height}`;
  return [wordOf(file), dimensions, toSize(bytes)].filter(Boolean).join(" · ");
}
