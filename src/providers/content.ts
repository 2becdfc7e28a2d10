import { ApiError } from "../protocol/errors.ts";
import type { AskedMessage, Message, Part } from "../protocol/chat.ts";
import type { ToolCall } from "../protocol/events.ts";

/** The text of a message, its parts joined. */
export function textOf(content: AskedMessage["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** The parts of a message; a string is one part of text, nothing is none. */
export function partsOf(content: Message["content"]): readonly Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return content ?? [];
}

/** Bytes in a request: base64 and their type. */
export interface Inline {
  readonly mime: string;
  readonly base64: string;
}

/** Reads `data:image/png;base64,…` (RFC 2397); `undefined` for any other address. */
export function parseDataUrl(url: string): Inline | undefined {
  const match = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w-]+=[^;,]*)*;base64,/.exec(url.slice(0, 256));
  return match?.[1] === undefined ? undefined : { mime: match[1], base64: url.slice(match[0].length) };
}

/** The bytes of a part. @throws {ApiError} where it holds only an address, for vendors that fetch nothing. */
export function inlineOf(part: Exclude<Part, { type: "text" }>, vendor: string): Inline {
  if (part.type === "input_audio") return { mime: `audio/${part.input_audio.format}`, base64: part.input_audio.data };
  const url = part.type === "image_url" ? part.image_url.url : part.file.file_data;
  const inline = parseDataUrl(url);
  if (inline) return inline;
  throw new ApiError(
    "upstream_rejected",
    `${vendor} takes no addresses of pictures or files: send them as data: addresses`,
  );
}

/** Every tool call that the messages tell of. */
export function callsOf(messages: readonly Message[]): readonly ToolCall[] {
  return messages.flatMap(({ tool_calls }) => tool_calls ?? []);
}

/** The tools that the calls name, by the calls' ids: for vendors who want the name with a result. */
export function toolNames(messages: readonly Message[]): ReadonlyMap<string | undefined, string | undefined> {
  return new Map(callsOf(messages).map(({ id, function: { name } }) => [id, name]));
}

export function isSystem({ role }: Pick<Message, "role">): boolean {
  return role === "system" || role === "developer";
}

/** What base64 stands for. What is no base64 in it is passed over. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

/** Bytes as an address, for vendors that take pictures so. */
export function toDataUrl({ mime, base64 }: Inline): string {
  return `data:${mime};base64,${base64}`;
}
