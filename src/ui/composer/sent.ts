import { at, isObject } from "../../lib/json.ts";
import { toMediaPath } from "../markdown/address.ts";
import { mediumAddress, mediumKind, type MediumKind } from "./attachment.ts";

/** What was sent with a message, as far as it can be shown. */
export interface Sent {
  readonly kind: MediumKind | "document";
  readonly name: string;
  readonly address?: string | undefined;
  readonly thumbnail?: string | undefined;
}

/** The files among the parts of a message, whoever has written it: chats are also imported. */
export function toSent(content: unknown): readonly Sent[] {
  return Array.isArray(content) ? content.flatMap(fromPart) : [];
}

function fromPart(part: unknown): readonly Sent[] {
  const bucketId = at(part, "bucket_id");
  if (typeof bucketId === "string") return fromBucket(bucketId, part);
  const picture = at(part, "image_url", "url");
  if (typeof picture === "string") return [fromAddress(picture)];
  const sound = at(part, "input_audio", "data");
  const format = at(part, "input_audio", "format");
  if (typeof sound === "string" && typeof format === "string" && /^[a-z0-9]+$/.test(format))
    return [{ kind: "sound", name: `Sound (${format})`, address: `data:audio/${format};base64,${sound}` }];
  if (isObject(at(part, "file")))
    return [{ kind: "document", name: String(at(part, "file", "filename") ?? "A document") }];
  return [];
}

function fromBucket(bucketId: string, part: unknown): readonly Sent[] {
  const name = at(part, "name");
  if (typeof name === "string")
    return [
      {
        kind: mediumKind(name) ?? "document",
        name,
        address: mediumAddress(bucketId, name),
        thumbnail: mediumAddress(bucketId, name, "thumbnail"),
      },
    ];
  const files = at(part, "files");
  const names = Array.isArray(files) ? files.filter((each) => typeof each === "string") : [];
  return (names.length > 0 ? names : ["Documents"]).map((each) => ({ kind: "document", name: each }));
}

/** Stands for wherever the page lies: a message names what is there by its path alone. */
const here = "http://here.invalid/";

/**
 * Ours and those within the message are shown; nobody else is told that somebody looks. Ours is a medium alone: whatever
 * else this server answers would be asked as whoever looks, and what costs money be paid.
 */
function fromAddress(address: string): Sent {
  const own = /^data:image\/(png|jpeg|gif|webp);/i.test(address) ? address : toMediaPath(address, here);
  if (own !== undefined) return { kind: "picture", name: "Picture", address: own };
  return /^https?:/i.test(address)
    ? { kind: "document", name: address, address }
    : { kind: "document", name: "A picture that cannot be shown" };
}
