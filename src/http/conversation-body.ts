import { fileTypeFromBuffer } from "file-type";
import { ApiError } from "../protocol/errors.ts";
import type { Blobs } from "../store/blobs.ts";
import { parseBody, readBody } from "./body.ts";
import { type Form, type FormFile, isForm, readForm } from "./form.ts";

export interface BodyLimits {
  readonly max_body: number;
  readonly max_upload: number;
}

/** What was sent to a conversation, still to be judged. */
export interface ConversationBody {
  readonly body: Record<string, unknown>;
  /** Addresses of media that belong into the message as files do. */
  readonly mediaUrls: readonly string[];
}

/** Most that a message carries of files, in bytes: they are in memory, as base64, while the question is asked. */
const maxInlineBytes = 32 * 1024 * 1024;

/**
 * The body of a conversation: JSON, whatever the content type says, or a form whose field `json` is that document
 * and whose `files` are put into the last message of the user.
 */
export async function readConversation(
  request: Request,
  limits: BodyLimits,
  uploads: Pick<Blobs, "receive">,
): Promise<ConversationBody> {
  if (!isForm(request)) return { body: parseBody(await readBody(request, limits.max_body)), mediaUrls: [] };

  const { max_upload: maxBytes, max_body: maxFieldBytes } = limits;
  await using form = await readForm(request, { receive: uploads.receive, maxBytes, maxFieldBytes });
  const body = parseBody(await readJsonField(form, limits.max_body));
  const files = form.files.filter(({ field }) => field === "files");
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) > maxInlineBytes)
    throw new ApiError(
      "body_too_large",
      `a message carries at most ${maxInlineBytes} bytes of files: put large files into a bucket, POST /backend-api/v2/files/<bucket_id>`,
    );
  if (files.length > 0) attach(body, await Promise.all(files.map(toPart)));
  return { body, mediaUrls: form.fields.get("media_url") ?? [] };
}

async function readJsonField({ fields, files }: Form, maxBytes: number): Promise<string | Uint8Array> {
  const text = fields.get("json")?.[0];
  if (text !== undefined) return text;
  // curl sends it as a file where its type is named.
  const file = files.find(({ field }) => field === "json");
  if (!file) throw new ApiError("invalid_request", 'the form needs a field "json" with the request');
  if (file.bytes > maxBytes) throw new ApiError("body_too_large", `"json" is larger than ${maxBytes} bytes`);
  return Bun.file(file.path).bytes();
}

/** Pictures and sound are known by their bytes: what a caller says of a file is often nothing, or wrong. */
async function toPart({ path, name, type }: FormFile): Promise<Record<string, unknown>> {
  const bytes = await Bun.file(path).bytes();
  const known = await fileTypeFromBuffer(bytes);
  const base64 = bytes.toBase64();
  if (known?.mime.startsWith("audio/"))
    return { type: "input_audio", input_audio: { data: base64, format: known.ext } };
  const declared = type.split(";")[0]?.toLowerCase();
  const url = `data:${known?.mime ?? (declared || "application/octet-stream")};base64,${base64}`;
  if (known?.mime.startsWith("image/")) return { type: "image_url", image_url: { url } };
  return { type: "file", file: { filename: name, file_data: url } };
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
