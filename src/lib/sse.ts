import { createLineDecoder, maxHeldLength } from "./lines.ts";

/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
export interface SseMessage {
  readonly event: string;
  readonly data: string;
}

export interface SseDecoder {
  push(bytes: Uint8Array): SseMessage[];
  /** A last message whose closing blank line never came, if its lines are whole. */
  end(): SseMessage[];
}

/** A stream that may be gone on with where it breaks off. */
export interface SseStream extends SseDecoder {
  /** The last `id` that came: what follows it is asked for. */
  readonly lastId: string | undefined;
  /** After how many milliseconds, if that was said. */
  readonly retryMs: number | undefined;
}

/**
 * Reads the messages of a stream cut anywhere. Comments are passed over, and messages without data.
 *
 * @throws {RangeError} on an endless line or message
 */
export function createSseDecoder(): SseStream {
  const lines = createLineDecoder();
  let event = "";
  let data: string[] = [];
  let length = 0;
  let lastId: string | undefined;
  let retryMs: number | undefined;

  return {
    push(bytes) {
      const messages: SseMessage[] = [];
      for (const line of lines.push(bytes)) readLine(line, messages);
      return messages;
    },
    end() {
      const messages: SseMessage[] = [];
      readLine("", messages);
      return messages;
    },
    get lastId() {
      return lastId;
    },
    get retryMs() {
      return retryMs;
    },
  };

  function readLine(line: string, messages: SseMessage[]): void {
    if (line === "") {
      const text = data.join("\n");
      if (text !== "") messages.push({ event, data: text });
      event = "";
      data = [];
      length = 0;
      return;
    }
    if (line.startsWith("data:")) {
      const value = fieldValue(line, 5);
      data.push(value);
      length += value.length + 1;
      if (length > maxHeldLength) throw new RangeError(`a message of more than ${maxHeldLength} characters`);
    } else if (line.startsWith("event:")) {
      event = fieldValue(line, 6);
    } else if (line.startsWith("id:")) {
      lastId = fieldValue(line, 3);
    } else if (/^retry: ?\d{1,9}$/.test(line)) {
      retryMs = Number(fieldValue(line, 6));
    }
  }
}

function fieldValue(line: string, from: number): string {
  return line.slice(line.charCodeAt(from) === 32 ? from + 1 : from);
}

/** One message with one data line; `data` must hold no line end, as JSON does not. */
export function encodeSse(id: string, event: string, data: string): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}
