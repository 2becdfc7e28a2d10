import { unwrap } from "../../../client/index.ts";
import { createSemaphore } from "../../lib/semaphore.ts";
import { toReason } from "../parts/failure.tsx";
import { client } from "../state/client.ts";
import { randomName } from "../state/ids.ts";
import { queries } from "../state/queries.ts";
import type { Attachment } from "./attachment.ts";
import { changeAttachment, changeDraft, draftOf } from "./drafts.ts";

/** A browser has six connections for a server, and the chat wants some as well. */
const atOnce = createSemaphore(3);
/** What is being sent, or could not be: to be stopped, or tried again. */
const sent = new Map<string, { readonly file: File; readonly stop: AbortController }>();

/** Adds files to a draft, and sends them at once. */
export function attach(draftKey: string, files: Iterable<File>): void {
  for (const file of files) {
    const attachment: Attachment = {
      id: `attached-${randomName()}`,
      name: file.name,
      bytes: file.size,
      type: file.type,
      state: "sending",
      progress: 0,
      documents: [],
      media: [],
      skipped: [],
    };
    changeDraft(draftKey, ({ attachments }) => ({ attachments: [...attachments, attachment] }));
    void send(attachment.id, file);
  }
}

export function tryAgain(id: string): void {
  const file = sent.get(id)?.file;
  if (!file) return;
  changeAttachment(id, { state: "sending", progress: 0, failure: undefined });
  void send(id, file);
}

/** Takes it out of the draft, and off the server. */
export function removeAttachment(draftKey: string, id: string): void {
  const isThere = draftOf(draftKey).attachments.some(
    (each) => each.id === id && each.state === "ready" && !each.isKept,
  );
  sent.get(id)?.stop.abort();
  sent.delete(id);
  changeDraft(draftKey, ({ attachments }) => ({ attachments: attachments.filter((each) => each.id !== id) }));
  // One that stays costs space, and nothing else.
  if (isThere) void removeBucket(id).catch(() => {});
}

async function send(id: string, file: File): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  sent.set(id, { file, stop });
  const tell = (change: Partial<Attachment>) => signal.aborted || changeAttachment(id, change);
  try {
    const { files, media, skipped } = await atOnce.run(() =>
      client.upload(id, file, {
        signal,
        onProgress: ({ loaded, total }) =>
          tell({ state: loaded < total ? "sending" : "reading", progress: total > 0 ? loaded / total : 1 }),
      }),
    );
    if (files.length + media.length === 0)
      return void tell({ state: "failed", failure: reasonOf(skipped), canRetry: false });
    const textBytes = files.length > 0 ? await textLength(id) : undefined;
    tell({ state: "ready", progress: 1, documents: files, media, skipped, textBytes });
    sent.delete(id);
    void queries.invalidateQueries({ queryKey: ["buckets"] });
  } catch (thrown) {
    tell({ state: "failed", failure: toReason(thrown), canRetry: true });
  }
}

function reasonOf(skipped: Attachment["skipped"]): string {
  return skipped[0]?.reason ?? "the server found nothing in it";
}

/** How much text there is in a bucket, in bytes; `undefined` where it does not tell. */
async function textLength(bucketId: string): Promise<number | undefined> {
  try {
    for await (const { data } of await unwrap(client.api.files({ bucket_id: bucketId }).stream.get()))
      if (data.action === "done") return data.size;
  } catch {
    // It is read all the same.
  }
  return undefined;
}

async function removeBucket(bucketId: string): Promise<void> {
  await unwrap(client.api.files({ bucket_id: bucketId }).delete());
  await queries.invalidateQueries({ queryKey: ["buckets"] });
}
