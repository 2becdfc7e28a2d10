import { toSeconds } from "../../lib/clock.ts";
import { createId } from "../../lib/ids.ts";
import { ApiError } from "../../protocol/errors.ts";

/** What a file is for. Nothing depends on it here, but clients list their files by it. */
const purposes = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"] as const;
export type Purpose = (typeof purposes)[number];

/** @throws {ApiError} `invalid_request` */
export function parsePurpose(purpose: string | undefined): Purpose {
  const known = purposes.find((each) => each === purpose);
  if (known) return known;
  throw new ApiError("invalid_request", `purpose: expected one of ${purposes.join(", ")}`);
}

/** A file is a bucket of its own, under an id that tells what it is for. */
export function createFileId(purpose: Purpose): string {
  return prefixOf(purpose) + createId("").slice(1);
}

/** What the ids of all such files begin with, or of those for one purpose. */
export function prefixOf(purpose?: Purpose): string {
  return purpose === undefined ? "file-" : `file-${purpose}-`;
}

const idPattern = new RegExp(`^file-(${purposes.join("|")})-[\\w-]{22}$`);

/** `undefined` where it is no file's id, as a bucket with an id of its owner's choice has none. */
export function purposeOf(fileId: string): Purpose | undefined {
  const [, purpose] = idPattern.exec(fileId) ?? [];
  return purposes.find((each) => each === purpose);
}

/** A bucket that was made for a file. */
export interface FileBucket {
  readonly bucket_id: string;
  /** Of what is kept of it. */
  readonly text_bytes: number;
  readonly media_bytes: number;
  /** Milliseconds since 1970. */
  readonly created_at: number | null;
  readonly names: readonly string[];
}

/** https://platform.openai.com/docs/api-reference/files/object */
export function toOpenaiFile({ bucket_id, text_bytes, media_bytes, created_at, names }: FileBucket) {
  return {
    id: bucket_id,
    object: "file" as const,
    bytes: text_bytes + media_bytes,
    created_at: toSeconds(created_at ?? 0),
    filename: names[0] ?? "",
    purpose: purposeOf(bucket_id) ?? "user_data",
    status: "processed" as const,
  };
}

/** https://platform.openai.com/docs/api-reference/files/list: `read` holds one more where others follow. */
export function toOpenaiFileList(read: readonly FileBucket[], limit: number) {
  const data = read.slice(0, limit).map(toOpenaiFile);
  return {
    object: "list" as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: read.length > limit,
  };
}
