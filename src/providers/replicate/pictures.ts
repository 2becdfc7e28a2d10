import { textAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { Inline } from "../content.ts";
import type { Call } from "../provider.ts";
import type { Requests } from "../requests.ts";

/** Larger ones are to be uploaded: https://replicate.com/docs/topics/predictions/input-files */
const maxInlineBytes = 256 * 1024;

/** The address by which a prediction takes a picture: its own bytes, or of an upload that lasts for a day. */
export async function addressOf({ mime, base64 }: Inline, requests: Requests, call: Call): Promise<string> {
  if ((base64.length * 3) / 4 <= maxInlineBytes) return `data:${mime};base64,${base64}`;
  const form = new FormData();
  const name = `picture.${mime.replace(/^.*\//, "")}`;
  form.set("content", new Blob([Buffer.from(base64, "base64")], { type: mime }), name);
  const url = textAt(await requests.json({ path: "/files", body: form }, call), "urls", "get");
  if (url === undefined) throw new ApiError("upstream_failed", "the upload of a picture was told no address");
  return url;
}
