import { extensionOf } from "../../lib/extension.ts";
import type { Part } from "../../protocol/chat.ts";
import { toDataUrl } from "../../providers/content.ts";

/** Bytes, and what they are. */
export interface Inlined {
  readonly bytes: Uint8Array;
  /** By content. */
  readonly type: string;
  readonly name: string;
}

/** A picture or sound as a message carries it; anything else is a file. */
export function toPart({ bytes, type, name }: Inlined): Exclude<Part, { type: "text" }> {
  const base64 = bytes.toBase64();
  if (type.startsWith("audio/"))
    return { type: "input_audio", input_audio: { data: base64, format: extensionOf(type) } };
  const url = toDataUrl({ mime: type, base64 });
  if (type.startsWith("image/")) return { type: "image_url", image_url: { url } };
  return { type: "file", file: { filename: name, file_data: url } };
}
