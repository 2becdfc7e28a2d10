import { toParleyError } from "./connection.ts";
import { ParleyError } from "./errors.ts";
import { until } from "./until.ts";

/** A message of an event stream; `id` is its own, not that of one before it, which EventSource would give. */
export interface StreamMessage {
  readonly id: string | undefined;
  readonly data: string;
}

export interface ReadingOptions {
  readonly signal: AbortSignal;
  /** How long nothing may come: a server that is there sends a comment now and then. */
  readonly silenceMs: number;
  /** Called for each piece of the stream but the first, which even a connection brings that breaks each time. */
  readonly onAlive: () => void;
}

/**
 * The messages of a body, as they come. Nothing is read ahead of whoever takes them.
 *
 * @throws {ParleyError} `connection_failed`, also after a silence; what the signal was aborted with
 */
export async function* readMessages(
  body: ReadableStream<Uint8Array>,
  { signal, silenceMs, onAlive }: ReadingOptions,
): AsyncGenerator<StreamMessage, void, undefined> {
  const reader = body.getReader();
  const decoder = createStreamDecoder();
  try {
    for (let count = 0; ; count++) {
      const silence = new ParleyError(
        "connection_failed",
        `nothing came for ${silenceMs / 1000} s: the connection is lost, or a proxy holds the stream back`,
      );
      const { done, value } = await until(reader.read().catch(asLost), { signal, ms: silenceMs, late: silence });
      if (done) return;
      if (count > 0) onAlive();
      yield* decoder.push(value);
    }
  } finally {
    // What is read no more is closed; nobody has to wait for that.
    reader.cancel().catch(() => {});
  }
}

function asLost(thrown: unknown): never {
  throw toParleyError(thrown);
}

export interface StreamDecoder {
  push(bytes: Uint8Array): StreamMessage[];
}

/**
 * Reads the messages of a stream cut anywhere: https://html.spec.whatwg.org/multipage/server-sent-events.html. What the last
 * blank line does not close is no message.
 */
export function createStreamDecoder(): StreamDecoder {
  const decoder = new TextDecoder();
  // A long line comes in many pieces: they are joined once, at its end.
  let held: string[] = [];
  let afterCr = false;
  let id: string | undefined;
  let data: string[] = [];

  return {
    push(bytes) {
      let text = decoder.decode(bytes, { stream: true });
      if (text === "") return [];
      if (afterCr && text.startsWith("\n")) text = text.slice(1);
      afterCr = text.endsWith("\r");
      if (!/[\r\n]/.test(text)) {
        held.push(text);
        return [];
      }
      const lines = (held.join("") + text).split(/\r\n|\r|\n/);
      held = [lines.pop() ?? ""];
      return lines.flatMap(readLine);
    },
  };

  function readLine(line: string): StreamMessage[] {
    if (line === "") {
      const message = { id, data: data.join("\n") };
      const isEmpty = data.length === 0;
      id = undefined;
      data = [];
      return isEmpty ? [] : [message];
    }
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
    else if (field === "id") id = value;
    return [];
  }
}
