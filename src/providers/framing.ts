import { isObject, tryParseJson } from "../lib/json.ts";
import { createLineDecoder } from "../lib/lines.ts";
import { createSseDecoder, type SseDecoder, type SseMessage } from "../lib/sse.ts";
import { ApiError } from "../protocol/errors.ts";

/** How an answer's messages are told apart: server-sent events, or a JSON document a line. */
export type Framing = "sse" | "ndjson";

/** Of an answer that is not framed as it should be, in characters. */
const maxUnframedLength = 1024 * 1024;

/** Reads an answer's messages from its bytes. @throws {ApiError} `upstream_failed` for one that never ends */
export function createFraming(framing: Framing, provider: string): SseDecoder {
  const decoder = framing === "sse" ? createTolerantSse() : createLines();
  const read = (messages: () => SseMessage[]) => {
    try {
      return messages();
    } catch (cause) {
      throw new ApiError("upstream_failed", `${provider} sent a message without end`, { cause });
    }
  };
  return { push: (bytes) => read(() => decoder.push(bytes)), end: () => read(decoder.end) };
}

/** Events; or, where none came, one JSON document: some servers answer so, with an error or the whole answer. */
function createTolerantSse(): SseDecoder {
  const sse = createSseDecoder();
  const text = new TextDecoder();
  let beginning = "";
  let isFramed = false;
  return {
    push(bytes) {
      const messages = sse.push(bytes);
      if (isFramed) return messages;
      isFramed = messages.length > 0 || beginning.length > maxUnframedLength;
      beginning = isFramed ? "" : beginning + text.decode(bytes, { stream: true });
      return messages;
    },
    end() {
      const messages = sse.end();
      if (messages.length > 0 || !isObject(tryParseJson(beginning))) return messages;
      return [{ event: "", data: beginning }];
    },
  };
}

/** Newline-delimited JSON, as messages without a name. */
function createLines(): SseDecoder {
  const lines = createLineDecoder();
  const toMessages = (texts: string[]) =>
    texts.filter((text) => text.trim() !== "").map((data) => ({ event: "", data }));
  return {
    push: (bytes) => toMessages(lines.push(bytes)),
    end: () => toMessages([lines.end()]),
  };
}
