import type { MediaKind } from "../../protocol/resources.ts";

/** A medium, by the type that the server tells of it. */
interface Typed {
  readonly type: string;
}

export function kindOf({ type }: Typed): MediaKind {
  if (type.startsWith("image/")) return "image";
  return type.startsWith("video/") ? "video" : "audio";
}

const words = { image: "picture", audio: "sound", video: "film" };

/** What people call it. */
export const wordOf = (medium: Typed) => words[kindOf(medium)];
