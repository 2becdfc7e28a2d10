import { decodePercent } from "../lib/percent.ts";
import type { MediumLink } from "../store/share-media.ts";

/** What stands before a medium's name in its address. */
const folders = ["/media/", "/images/", "/thumbnail/"];
const bucketFolder = "/files";
const name = /[\p{L}\p{M}\p{N}.,_+%-]{1,600}/uy;

/** So many links are published, and so many places looked at: both arbitrary, so that no document takes long. */
const limits = { links: 500, places: 5000 };
const maxBucketLength = 600;

/** The media whose addresses stand anywhere in a document, of which the bytes are what it was read from. */
export function findLinks(document: unknown, bytes: Uint8Array): MediumLink[] {
  // Most have none, and to look at each of a million values takes as long as to read them.
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!folders.some((folder) => raw.includes(folder.slice(0, -1)))) return [];
  const found = new Map<string, MediumLink>();
  let places = 0;
  const isEnough = () => found.size >= limits.links || places > limits.places;
  visit(document);
  return [...found.values()];

  // No generator: a million numbers would take seconds.
  function visit(value: unknown): void {
    if (typeof value === "string") readText(value);
    else if (Array.isArray(value)) for (const each of value) visit(each);
    else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) visit(each);
  }

  function readText(text: string): void {
    for (const folder of folders) {
      for (let at = text.indexOf(folder); at !== -1 && !isEnough(); at = text.indexOf(folder, at + folder.length)) {
        places++;
        const link = readLink(text, at, folder);
        if (link) found.set(`${link.bucketId}/${link.name}`, link);
      }
    }
  }
}

function readLink(text: string, at: number, folder: string): MediumLink | undefined {
  name.lastIndex = at + folder.length;
  // A sentence may go on behind it.
  const last = name.exec(text)?.[0].replace(/[.,_+-]+$/, "");
  const bucket = folder === "/images/" ? undefined : bucketBefore(text, at);
  const [bucketId, decoded] = [decode(bucket ?? ""), decode(last ?? "")];
  return bucketId === undefined || !decoded ? undefined : { bucketId, name: decoded };
}

/** The id in `/files/<bucket_id>/media/…`. */
function bucketBefore(text: string, at: number): string | undefined {
  const slash = text.lastIndexOf("/", at - 1);
  const isBucket = at > 0 && slash !== -1 && at - slash <= maxBucketLength && text.endsWith(bucketFolder, slash);
  return isBucket && slash + 1 < at ? text.slice(slash + 1, at) : undefined;
}

/** Undefined for what no id or name can hold. */
function decode(part: string): string | undefined {
  const decoded = decodePercent(part);
  return decoded === undefined || /[\p{C}/\\]/u.test(decoded) ? undefined : decoded;
}
