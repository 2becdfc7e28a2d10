import { at } from "../../../../src/lib/json.ts";
import type { Picture } from "../dialect.ts";

/** Words that are a text, or in parts. */
export function toText(content: unknown): string {
  if (typeof content === "string") return content;
  return (Array.isArray(content) ? content : []).map((part: unknown) => String(at(part, "text") ?? "")).join("");
}

/** JSON in a text; anything else as it is. */
export function jsonOf(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

export function inlineOf(url: string): Partial<Picture> {
  const [, mime, base64] = /^data:([^;]+);base64,(.*)$/.exec(url) ?? [];
  return { ...(mime && { mime }), ...(base64 && { base64 }) };
}
