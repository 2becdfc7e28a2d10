import type { Buckets } from "../../files/buckets.ts";
import { openDeadline } from "../../lib/deadline.ts";
import { mapParallel } from "../../lib/parallel.ts";
import { decodePercent } from "../../lib/percent.ts";
import type { AskedMessage, AskedPart, BucketPart, ChatRequest, FilePart } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";
import { createInlineBudget } from "../../protocol/inline-budget.ts";
import { parseDataUrl } from "../../providers/content.ts";
import type { DocumentReader } from "./document-text.ts";
import { type Inlined, type MediumPart, recognisePart, toPart } from "./part.ts";

export interface BringInParts {
  readonly buckets: Buckets;
  readonly documents: DocumentReader;
  /** What lies at an address of the web, through the guard, and what its host calls it. @throws {ApiError} */
  readonly readAddress: (address: string, signal: AbortSignal) => Promise<Inlined>;
  /** A medium that is kept here. @throws {ApiError} `not_found` */
  readonly findMedium: (owner: string, name: string) => Promise<KeptMedium>;
}

interface KeptMedium {
  readonly path: string;
  readonly type: string;
  readonly bytes: number;
}

const maxAddresses = 50;
const atOnce = 6;
/** For all of them; arbitrary. */
const maxMs = 120_000;

/**
 * Puts what the parts of messages name into them: what lies at addresses, in buckets and among the media, and the text of
 * documents. No provider fetches an address for a caller: one on this machine could reach what the caller cannot.
 * Buckets' texts stay named, and PDFs stay files, since models differ in what they read of them.
 *
 * @throws {ApiError} for what is not there, not allowed, not to be read, or too much
 * @throws the signal's reason
 */
export async function bringIn(
  request: ChatRequest,
  owner: string,
  parts: BringInParts,
  callersSignal: AbortSignal,
): Promise<ChatRequest> {
  const { buckets, documents } = parts;
  const budget = createInlineBudget();
  const asked = request.messages.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  if (!asked.some(isOutside)) return request;
  if (asked.filter(isOutside).length > maxAddresses)
    throw new ApiError("invalid_request", `messages: at most ${maxAddresses} parts may name what lies elsewhere`);
  using deadline = openDeadline(callersSignal, maxMs, tooSlow);
  const { signal } = deadline;
  const messages = await mapParallel(request.messages, 1, async (message): Promise<AskedMessage> => {
    const { content } = message;
    if (!Array.isArray(content)) return message;
    return { ...message, content: (await mapParallel(content, atOnce, bringPart)).flat() };
  });
  return { ...request, messages };

  async function bringPart(part: AskedPart): Promise<readonly AskedPart[]> {
    if (!isOutside(part)) return [part];
    switch (part.type) {
      case "image_url": {
        const brought = await readPart(part.image_url.url, "image_url.url");
        if (brought.type !== "image_url")
          throw new ApiError("invalid_request", "image_url.url: there is no picture at this address");
        return [{ ...part, image_url: { ...part.image_url, ...brought.image_url } }];
      }
      case "file": {
        if (parseDataUrl(part.file.file_data)) return documents.read(part, signal, budget);
        const brought = await readPart(part.file.file_data, "file.file_data");
        return bringPart(
          brought.type === "file"
            ? { ...part, file: { ...brought.file, ...part.file, file_data: brought.file.file_data } }
            : brought,
        );
      }
      case undefined:
        return bringBucket(part);
      default:
        return [part];
    }
  }

  async function bringBucket(part: BucketPart): Promise<readonly AskedPart[]> {
    const { bucket_id: bucketId } = part;
    const name = part.name ?? nameOf(part.url, bucketId);
    if (name !== undefined) return [await readBucketMedium(bucketId, name)];
    await buckets.assertThere(owner, bucketId);
    return [part];
  }

  async function readBucketMedium(bucketId: string, name: string): Promise<MediumPart> {
    return readKept(await buckets.medium(owner, bucketId, name), name);
  }

  async function readKept({ path, type, bytes }: KeptMedium, name: string): Promise<MediumPart> {
    budget.take(bytes);
    return toPart({ bytes: await Bun.file(path).bytes().catch(gone), type, name });
  }

  /** What an address stands for: one of ours, without its host, or one of the web. */
  async function readPart(address: string, field: string): Promise<MediumPart> {
    const [, folder, encoded = ""] = ownAddress.exec(address) ?? [];
    if (folder === undefined) {
      if (!/^https?:/i.test(address))
        throw new ApiError(
          "invalid_request",
          `${field}: expected an address with http or https, or a data: address with base64`,
        );
      const inlined = await parts.readAddress(address, signal);
      budget.take(inlined.bytes.byteLength);
      return recognisePart(inlined);
    }
    const [first = "", second = ""] = encoded.split("/media/").map(decode);
    return folder === "files" ? readBucketMedium(first, second) : readKept(await parts.findMedium(owner, first), first);
  }
}

/** It was there a moment ago. */
function gone(cause: unknown): never {
  throw new ApiError("not_found", "the file of a medium is gone", { cause });
}

function tooSlow(): ApiError {
  return new ApiError("invalid_request", `what the messages name could not be brought in within ${maxMs / 1000} s`);
}

/** As answers and uploads give them: `/media/<name>`, `/files/<bucket_id>/media/<name>`. */
const ownAddress = /^\/(media|images|thumbnail|files)\/([^?#]+)/;

/** Whether there is more to it than it holds itself. */
function isOutside(part: AskedPart): boolean {
  switch (part.type) {
    case "image_url":
      return !parseDataUrl(part.image_url.url);
    case "file":
      return !isPdf(part);
    case undefined:
      return true;
    default:
      return false;
  }
}

export function isPdf({ file }: FilePart): boolean {
  return parseDataUrl(file.file_data)?.mime === "application/pdf";
}

/** `/files/<bucket_id>/media/<name>` → name. */
function nameOf(url: string | null | undefined, bucketId: string): string | undefined {
  if (url == null) return undefined;
  const [, bucket = "", name = ""] = /^\/files\/([^/]+)\/media\/([^/?#]+)/.exec(url) ?? [];
  if (decode(bucket) === bucketId) return decode(name);
  throw new ApiError("invalid_request", "url: expected /files/<bucket_id>/media/<name>, of this bucket");
}

function decode(encoded: string): string {
  const decoded = decodePercent(encoded);
  if (decoded !== undefined) return decoded;
  throw new ApiError("invalid_request", "an address holds a % that begins no character of UTF-8 in hexadecimal digits");
}
