import { ApiError } from "../protocol/errors.ts";
import { parseBody, readBody } from "./body.ts";
import { header } from "./headers.ts";

export interface BodyLimits {
  readonly max_body: number;
  readonly max_upload: number;
}

/** Pictures and sound that a message can hold, by what a browser says of a file. */
const audioFormats: Readonly<Record<string, string>> = {
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
};

/**
 * The body of a conversation: JSON, whatever the content type says, or a form whose field `json` is that document
 * and whose `files` are put into the last message of the user. What comes out is still to be judged.
 */
export async function readConversation(request: Request, limits: BodyLimits): Promise<Record<string, unknown>> {
  const type = header(request, "content-type") ?? "";
  if (!type.toLowerCase().startsWith("multipart/form-data")) return parseBody(await readBody(request, limits.max_body));

  const form = await readForm(await readBody(request, limits.max_upload), type);
  const json = form.get("json");
  if (typeof json !== "string") throw new ApiError("invalid_request", 'the form needs a field "json" with the request');
  if (form.has("media_url"))
    throw new ApiError("invalid_request", "media_url is not fetched by this version: send the media in files");
  if (json.length > limits.max_body)
    throw new ApiError("body_too_large", `"json" is larger than ${limits.max_body} bytes`);
  const body = parseBody(json);
  const files = form.getAll("files").filter((entry) => entry instanceof File);
  if (files.length > 0) attach(body, await Promise.all(files.map(toPart)));
  return body;
}

async function readForm(body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new ApiError("invalid_request", "the form is not valid multipart/form-data", { cause });
  }
}

async function toPart(file: File): Promise<Record<string, unknown>> {
  const type = file.type.split(";")[0]?.toLowerCase() ?? "";
  const base64 = new Uint8Array(await file.arrayBuffer()).toBase64();
  const format = audioFormats[type];
  if (format) return { type: "input_audio", input_audio: { data: base64, format } };
  const url = `data:${type || "application/octet-stream"};base64,${base64}`;
  if (type.startsWith("image/")) return { type: "image_url", image_url: { url } };
  return { type: "file", file: { filename: file.name, file_data: url } };
}

function attach(body: Record<string, unknown>, parts: readonly unknown[]): void {
  const messages = Array.isArray(body.messages) ? [...body.messages] : [];
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
