import { at, isObject, textAt } from "../../lib/json.ts";
import { mapParallel } from "../../lib/parallel.ts";
import type { BucketPart } from "../../protocol/chat.ts";
import { ApiError, isNotFound } from "../../protocol/errors.ts";
import { assertId } from "../../protocol/ids.ts";
import type { Services } from "../../services.ts";

/**
 * Messages in which `{type: "file", file: {file_id}}` has become what is in that file, a bucket of the owner's: its text,
 * and its pictures and sounds one by one. Messages without such parts are handed back as they are.
 *
 * @throws {ApiError} `invalid_request`; `not_found` where there is no such file, or it is somebody else's
 */
export async function resolveFileIds(
  messages: readonly unknown[],
  owner: string,
  buckets: Services["buckets"],
): Promise<readonly unknown[]> {
  const named = messages.flatMap(partsOf).filter(namesFile).length;
  if (named === 0) return messages;
  if (named > maxNamed) throw new ApiError("invalid_request", `messages: at most ${maxNamed} parts may name a file_id`);
  return mapParallel(messages, 1, async (message) => {
    const parts = partsOf(message);
    if (!isObject(message) || !parts.some(namesFile)) return message;
    return { ...message, content: (await mapParallel(parts, 1, resolvePart)).flat() };
  });

  async function resolvePart(part: unknown): Promise<readonly unknown[]> {
    const id = fileIdOf(part);
    return id === undefined ? [part] : toBucketParts(id);
  }

  async function toBucketParts(id: string): Promise<readonly BucketPart[]> {
    assertId("file_id", id);
    const files = await buckets.page(owner, id, 0, maxFiles).catch((thrown: unknown) => {
      throw isNotFound(thrown) ? noFile() : thrown;
    });
    const media = files.filter(({ kind }) => kind === "media");
    const parts: BucketPart[] = media.map(({ name }) => ({ bucket_id: id, name }));
    return media.length < files.length ? [{ bucket_id: id }, ...parts] : parts;
  }
}

export function noFile(): ApiError {
  return new ApiError("not_found", "there is no file of that id; GET /v1/files lists them");
}

/** As many as may name what lies elsewhere; and more than one file holds of what may. */
const maxNamed = 50;
const maxFiles = 1000;

function partsOf(message: unknown): readonly unknown[] {
  const content = at(message, "content");
  return Array.isArray(content) ? content : [];
}

function namesFile(part: unknown): boolean {
  return fileIdOf(part) !== undefined;
}

function fileIdOf(part: unknown): string | undefined {
  return textAt(part, "type") === "file" ? textAt(part, "file", "file_id") : undefined;
}
