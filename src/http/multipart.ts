import { ApiError } from "../protocol/errors.ts";

/** One part of a multipart body, as it comes. */
export interface Part {
  /** Its header lines, without the empty line behind them. */
  readonly head: string;
  /** Read at the pace of whoever asks; what is left of it when the next part is asked for is skipped. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** Most bytes of one part's headers. */
const maxHeadBytes = 8192;

/** Most spaces between a boundary and the end of its line, which a gateway may have put there. */
const maxPadding = 100;

/**
 * The parts of a multipart body that comes in pieces (RFC 2046 §5.1): nothing is held but what one read brought. A
 * boundary is one wherever it begins a line, and what cannot be read is refused, never passed over: an upload is whole
 * or it has failed.
 *
 * @throws {ApiError} `invalid_request`
 */
export async function* readParts(pieces: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const input = createInput(pieces);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  await skip(readUpTo(input, delimiter));
  while (!(await isLast(input))) {
    const head = await readHead(input);
    const content = readContent(input, delimiter);
    yield { head, content };
    await skip(content);
  }
  await skip(input.rest());
}

interface Input {
  /** What has come and is not used up. */
  held: Buffer;
  /** Adds what comes next. */
  more(): Promise<void>;
  rest(): AsyncIterable<Uint8Array>;
}

function createInput(pieces: AsyncIterable<Uint8Array>): Input {
  const iterator = pieces[Symbol.asyncIterator]();
  const input: Input = {
    // The first boundary may stand at the very beginning: as if a line had ended there.
    held: Buffer.from("\r\n"),
    async more() {
      const { done, value } = await iterator.next();
      if (done) throw malformed("it ends before its last boundary");
      const piece = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      input.held = input.held.byteLength === 0 ? piece : Buffer.concat([input.held, piece]);
    },
    rest: () => ({ [Symbol.asyncIterator]: () => iterator }),
  };
  return input;
}

async function skip(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of pieces);
}

/** What comes before the delimiter, which is used up as well. */
async function* readUpTo(input: Input, delimiter: Buffer): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { held } = input;
    const at = held.indexOf(delimiter);
    const end = at === -1 ? held.byteLength - begunLength(held, delimiter) : at;
    input.held = held.subarray(at === -1 ? end : at + delimiter.byteLength);
    if (end > 0) yield held.subarray(0, end);
    if (at !== -1) return;
    await input.more();
  }
}

/** How many bytes at the end may be the beginning of a delimiter, which has no carriage return but its first byte. */
function begunLength(held: Buffer, delimiter: Buffer): number {
  const tail = held.subarray(Math.max(0, held.byteLength - delimiter.byteLength + 1));
  const begun = tail.subarray(tail.lastIndexOf("\r"));
  return delimiter.subarray(0, begun.byteLength).equals(begun) ? begun.byteLength : 0;
}

/** Whether the boundary that has just been read is the last one; else its line is used up but for its end. */
async function isLast(input: Input): Promise<boolean> {
  for (;;) {
    const line = input.held.toString("latin1", 0, maxPadding + 2);
    if (line.startsWith("--")) return true;
    const padding = /^[ \t]*(?=\r\n)/.exec(line)?.[0];
    if (padding !== undefined) {
      input.held = input.held.subarray(padding.length);
      return false;
    }
    if (line.length > maxPadding || !/^(-|[ \t]*\r?)$/.test(line))
      throw malformed("a boundary is followed by something else than the end of its line, CR and LF");
    await input.more();
  }
}

async function readHead(input: Input): Promise<string> {
  for (;;) {
    // From the end of the boundary's line, for there may be no headers at all.
    const end = input.held.indexOf("\r\n\r\n");
    if (end > maxHeadBytes || (end === -1 && input.held.byteLength > maxHeadBytes))
      throw malformed(`the headers of a part are longer than ${maxHeadBytes} bytes`);
    if (end !== -1) {
      const head = input.held.toString("utf8", 2, end);
      input.held = input.held.subarray(end + 4);
      return head;
    }
    await input.more();
  }
}

async function* readContent(input: Input, delimiter: Buffer): AsyncGenerator<Uint8Array> {
  // Where there is no content, the empty line may be the delimiter's own.
  const boundary = delimiter.subarray(2);
  while (input.held.byteLength < boundary.byteLength) await input.more();
  if (input.held.subarray(0, boundary.byteLength).equals(boundary)) {
    input.held = input.held.subarray(boundary.byteLength);
    return;
  }
  yield* readUpTo(input, delimiter);
}

function malformed(why: string): ApiError {
  return new ApiError("invalid_request", `the form is not valid multipart/form-data: ${why}`);
}
