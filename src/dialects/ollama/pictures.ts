import type { AskedPart } from "../../protocol/chat.ts";
import { ApiError } from "../../protocol/errors.ts";

/** How the bytes of a picture begin, in base64. */
const beginnings: readonly (readonly [RegExp, string])[] = [
  [/^iVBORw0KGgo/, "image/png"],
  [/^\/9j\//, "image/jpeg"],
  [/^R0lGOD/, "image/gif"],
  [/^UklGR.{7}RUJQ/, "image/webp"],
  [/^Qk/, "image/bmp"],
];

/** Longest beginning of an address that holds a picture: some send one whole. */
const maxPrefix = 100;

/** A picture in base64 alone, whose type its bytes tell. @throws {ApiError} `invalid_request` */
export function toPicture(given: string, field: string): AskedPart {
  const prefix = given.startsWith("data:") ? given.slice(0, maxPrefix).indexOf(",") + 1 : 0;
  const base64 = given.slice(prefix).replaceAll(/\s/g, "");
  const mime = beginnings.find(([beginning]) => beginning.test(base64.slice(0, 32)))?.[1];
  if (mime === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    throw new ApiError("invalid_request", `${field}: expected a PNG, JPEG, WebP, GIF or BMP picture in base64`);
  return { type: "image_url", image_url: { url: `data:${mime};base64,${base64}` } };
}
