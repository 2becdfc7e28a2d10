import type { MediumLink } from "../store/share-media.ts";

/** What stands before a medium's name in its address. */
const folders = ["/media/", "/images/", "/thumbnail/"];
const bucketFolder = "/files";
const name = /[\p{L}\p{M}\p{N}.,_+%-]{1,600}/uy;

/** So many links are published, and so many places looked at: both arbitrary, so that no document takes long. */
const limits = { links: 500, places: 5000 };
const maxBucketLength = 600;

/** The media whose addresses stand anywhere in a document. */
export function findLinks(document: unknown): MediumLink[] {
  const found = new Map<string, MediumLink>();
  let places = 0;
  for (const text of textsOf(document)) {
    for (const folder of folders) {
      for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + folder.length)) {
        if (found.size >= limits.links || ++places > limits.places) return [...found.values()];
        const link = readLink(text, at, folder);
        if (link) found.set(`${link.bucketId}/${link.name}`, link);
      }
    }
  }
  return [...found.values()];
}

function* textsOf(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) yield* textsOf(each);
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
  try {
    const decoded = decodeURIComponent(part);
    return /[\p{C}/\\]/u.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
