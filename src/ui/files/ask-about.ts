import { unwrap } from "../../../client/index.ts";
import type { BucketFile, BucketInfo } from "../../protocol/buckets.ts";
import type { Attachment } from "../composer/attachment.ts";
import { changeDraft } from "../composer/drafts.ts";
import { client } from "../state/client.ts";
import { toTitle } from "./bucket.ts";

/** A model is shown so many pictures and sounds of one bucket; arbitrary. */
const maxMedia = 10;

/** Puts a bucket into the draft of the next chat. */
export async function askAbout(bucket: BucketInfo): Promise<void> {
  const { files } = await unwrap(
    client.api.files({ bucket_id: encodeURIComponent(bucket.bucket_id) }).list.get({ query: { limit: "1000" } }),
  );
  const attachment = toAttachment(bucket, files);
  changeDraft("new", ({ attachments }) => ({
    attachments: [...attachments.filter(({ id }) => id !== attachment.id), attachment],
  }));
}

export function toAttachment(bucket: BucketInfo, files: readonly BucketFile[]): Attachment {
  const media = files.filter(({ kind }) => kind === "media").slice(0, maxMedia);
  return {
    id: bucket.bucket_id,
    name: toTitle(bucket),
    bytes: bucket.text_bytes + bucket.media_bytes,
    type: media[0]?.type ?? "",
    state: "ready",
    progress: 1,
    documents: files.filter(({ kind }) => kind === "document").map(({ name }) => name),
    media: media.map(({ name }) => ({ name })),
    skipped: [],
    textBytes: bucket.documents > 0 ? bucket.text_bytes : undefined,
    isKept: true,
  };
}
