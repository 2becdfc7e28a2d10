import { listZipMembers } from "../files/zip-members.ts";
import { isObject, maxJsonDepth, parseJson } from "../lib/json.ts";
import { ApiError } from "../protocol/errors.ts";
import { readChatgpt } from "./chatgpt.ts";
import { splitElements } from "./elements.ts";
import type { ImportedChat } from "./imported.ts";
import { readOwn } from "./own.ts";
import { readWebInterface } from "./web-interface.ts";

/** Of one chat, as JSON: it is read as a whole. */
const maxChatBytes = 64 * 1024 * 1024;

export type ReadChat = ImportedChat | { readonly refusal: string };

/**
 * The chats of a file, one at a time: JSON in any form that is known, or a zip with ChatGPT's `conversations.json`.
 *
 * @throws {ApiError} `invalid_json`, `body_too_large`
 */
export async function* readChats(path: string, maxBytes: number): AsyncGenerator<ReadChat> {
  const file = Bun.file(path);
  const head = await file.slice(0, 4).bytes();
  const isZip = head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
  if (!isZip) return yield* readJson(file.stream());
  let count = 0;
  let leftBytes = maxBytes;
  for await (const member of listZipMembers(path)) {
    if (!/(^|\/)conversations(-\d+)?\.json$/.test(member.name) || !("content" in member)) continue;
    count++;
    yield* readJson(counted(member.content));
  }
  if (count === 0) throw new ApiError("invalid_request", "the archive holds no conversations.json");

  async function* counted(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      leftBytes -= piece.byteLength;
      if (leftBytes < 0) throw new ApiError("body_too_large", `the archive unpacks to more than ${maxBytes} bytes`);
      yield piece;
    }
  }
}

async function* readJson(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ReadChat> {
  for await (const element of splitElements(pieces, maxChatBytes))
    yield "refusal" in element ? element : readElement(element.bytes);
}

function readElement(bytes: Uint8Array): ReadChat {
  let document: unknown;
  try {
    // A message lies deeper in its chat than in the request that brought it.
    document = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), maxJsonDepth + 2);
  } catch {
    return { refusal: "it is not JSON in UTF-8, or nests too deep" };
  }
  if (!isObject(document)) return { refusal: "it is no object" };
  if (isObject(document.mapping)) return readChatgpt(document);
  if (Array.isArray(document.items)) return readWebInterface(document);
  if (Array.isArray(document.messages)) return readOwn(document);
  return { refusal: "it has neither messages, nor items, nor a mapping: that is no chat of a form known here" };
}
