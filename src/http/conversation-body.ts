import { fileTypeFromBuffer } from "file-type";
import { ApiError } from "../protocol/errors.ts";
import { parseBody, readBody } from "./body.ts";
import { header } from "./headers.ts";

export interface BodyLimits {
  readonly max_body: number;
  readonly max_upload: number;
}

/**
 * The body of a conversation: JSON, whatever the content type says, or a form whose field `json` is that document
 * and whose `files` are put into the last message of the user. What comes out is still to be judged.
 */
export async function readConversation(request: Request, limits: BodyLimits): Promise<Record<string, unknown>> {
  const type = header(request, "content-type") ?? "";
  if (!type.toLowerCase().startsWith("multipart/form-data")) return parseBody(await readBody(request, limits.max_body));

  const form = await readForm(await readBody(request, limits.max_upload), type);
  const field = form.get("json");
  if (field === null) throw new ApiError("invalid_request", 'the form needs a field "json" with the request');
  // curl sends it as a file where its type is named.
  const json = typeof field === "string" ? field : await field.text();
  if (form.has("media_url"))
    throw new ApiError("invalid_request", "media_url is not fetched by this version: send the media in files");
  if (json.length > limits.max_body)
    throw new ApiError("body_too_large", `"json" is larger than ${limits.max_body} bytes`);
  const body = parseBody(json);
  const files = form.getAll("files").filter((entry) => entry instanceof File);
  if (files.length > 0) attach(body, await Promise.all(files.map(toPart)));
  return body;
}

const maxParts = 1000;

async function readForm(body: Buffer<ArrayBuffer>, type: string): Promise<FormData> {
  if (hasMoreParts(body, type)) throw new ApiError("body_too_large", `the form has more than ${maxParts} parts`);
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new ApiError("invalid_request", "the form is not valid multipart/form-data", { cause });
  }
}

/** Counted before they are parsed: making objects of very many takes long. */
function hasMoreParts(body: Buffer, type: string): boolean {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return false;
  const mark = `--${boundary}`;
  let count = 0;
  for (let from = body.indexOf(mark); from !== -1 && count <= maxParts + 1; count++)
    from = body.indexOf(mark, from + mark.length);
  // The last one ends the form.
  return count > maxParts + 1;
}

/** Pictures and sound are known by their bytes: what a caller says of a file is often nothing, or wrong. */
async function toPart(file: File): Promise<Record<string, unknown>> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const known = await fileTypeFromBuffer(bytes);
  const base64 = bytes.toBase64();
  if (known?.mime.startsWith("audio/"))
    return { type: "input_audio", input_audio: { data: base64, format: known.ext } };
  const declared = file.type.split(";")[0]?.toLowerCase();
  const url = `data:${known?.mime ?? (declared || "application/octet-stream")};base64,${base64}`;
  if (known?.mime.startsWith("image/")) return { type: "image_url", image_url: { url } };
  return { type: "file", file: { filename: file.name, file_data: url } };
}

function attach(body: Record<string, unknown>, parts: readonly unknown[]): void {
  if (!Array.isArray(body.messages)) return;
  const messages = [...body.messages];
  const last = messages.findLastIndex((message) => message?.role === "user");
  const { content } = messages[last] ?? {};
  const text = typeof content === "string" && content !== "" ? [{ type: "text", text: content }] : [];
  const message = {
    ...messages[last],
    role: "user",
    content: [...(Array.isArray(content) ? content : text), ...parts],
  };
  if (last === -1) messages.push(message);
  else messages[last] = message;
  body.messages = messages;
}
