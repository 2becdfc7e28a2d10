import { extensionOf } from "../../lib/extension.ts";
import type { Part } from "../../protocol/chat.ts";
import { toDataUrl } from "../../providers/content.ts";

/** Bytes, and what they are. */
export interface Inlined {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly name: string;
}

/** What a part can be made of: no text. */
export type MediumPart = Exclude<Part, { type: "text" }>;

/** A picture or sound as a message carries it; anything else is a file. */
export function toPart({ bytes, type, name }: Inlined): MediumPart {
  const base64 = bytes.toBase64();
  if (type.startsWith("audio/"))
    return { type: "input_audio", input_audio: { data: base64, format: extensionOf(type) } };
  const url = toDataUrl({ mime: type, base64 });
  if (type.startsWith("image/")) return { type: "image_url", image_url: { url } };
  return { type: "file", file: { filename: name, file_data: url } };
}

/** The same of bytes that may be anything: what is said of them is often nothing, or wrong, and makes no picture or sound. */
export async function recognisePart({ bytes, type: told, name }: Inlined): Promise<MediumPart> {
  const { fileTypeFromBuffer } = await import("file-type");
  const known = await fileTypeFromBuffer(bytes);
  const plain = told.split(";")[0]?.trim().toLowerCase() ?? "";
  const isUnbelieved = plain === "" || /^(image|audio|video)\//.test(plain);
  return toPart({ bytes, type: known?.mime ?? (isUnbelieved ? "application/octet-stream" : plain), name });
}
