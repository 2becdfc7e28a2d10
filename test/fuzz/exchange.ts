import { connect, type Socket } from "node:net";

/** What came back, byte for byte. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; the last one where one came twice. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** It had begun, and went on for longer than anybody waits: a stream. */
  readonly isOpen?: boolean;
}

/** Why there is no answer. */
export type NoAnswer = "closed" | "silent" | "unreadable";

/** One connection, kept for one request after the other: its requests are bytes, right or wrong. */
export interface Exchange extends Disposable {
  /** Sends all of them, and reads the one answer. */
  ask(bytes: Uint8Array, isHead: boolean): Promise<Answer | NoAnswer>;
}

/** How long an answer may take to begin, and how long it is listened to, in milliseconds. */
const patience = { first: 20_000, whole: 3_000 };

export function openExchange(origin: string): Exchange {
  const { hostname, port } = new URL(origin);
  let kept: Socket | undefined;
  return {
    async ask(bytes, isHead) {
      const socket = kept;
      kept = undefined;
      const first = socket && (await once(socket, bytes, isHead));
      // It may have been closed for being idle just then.
      if (first && first !== "closed") return first;
      return once(connect({ host: hostname, port: Number(port), noDelay: true }), bytes, isHead);
    },
    [Symbol.dispose]: () => void kept?.destroy(),
  };

  function once(socket: Socket, bytes: Uint8Array, isHead: boolean): Promise<Answer | NoAnswer> {
    return new Promise((resolve) => {
      let received: Buffer = Buffer.alloc(0);
      const done = (answer: Answer | NoAnswer) => {
        clearTimeout(timer);
        socket.removeAllListeners();
        socket.on("error", () => {});
        const isReusable =
          typeof answer === "object" && !answer.isOpen && !/close/i.test(answer.headers.get("connection") ?? "");
        if (isReusable && !socket.destroyed && socket.writable && answer.status < 400) kept = socket;
        else socket.destroy();
        resolve(answer);
      };
      let timer = setTimeout(() => done("silent"), patience.first);
      socket.on("data", (piece: Buffer) => {
        const isFirst = received.byteLength === 0;
        received = isFirst ? piece : Buffer.concat([received, piece]);
        const answer = readAnswer(received, isHead, false);
        if (answer) return done(answer);
        if (!isFirst) return;
        clearTimeout(timer);
        timer = setTimeout(() => done(readBegun(received) ?? "silent"), patience.whole);
      });
      socket.on("error", () => {});
      socket.on("close", () =>
        done(received.byteLength === 0 ? "closed" : (readAnswer(received, isHead, true) ?? "unreadable")),
      );
      socket.write(bytes);
    });
  }
}

/** The first whole answer in what came; `undefined` while there is none. */
export function readAnswer(received: Buffer, isHead: boolean, isEnd: boolean): Answer | undefined {
  const head = readHead(received);
  if (!head) return undefined;
  const { status, headers, length } = head;
  const rest = received.subarray(length);
  if (status < 200) return status === 101 ? { ...head, body: rest } : readAnswer(rest, isHead, isEnd);
  if (isHead || status === 204 || status === 304) return { status, headers, body: Buffer.alloc(0) };
  if (headers.get("transfer-encoding") === "chunked") {
    const body = readChunks(rest);
    return body && { status, headers, body };
  }
  const expected = headers.get("content-length");
  if (expected === undefined) return isEnd ? { status, headers, body: rest } : undefined;
  return rest.byteLength < Number(expected) ? undefined : { status, headers, body: rest.subarray(0, Number(expected)) };
}

function readBegun(received: Buffer): Answer | undefined {
  const head = readHead(received);
  return head && { ...head, body: received.subarray(head.length), isOpen: true };
}

function readHead(received: Buffer) {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [first = "", ...lines] = received.toString("latin1", 0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  if (Number.isNaN(status)) return undefined;
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  return { status, headers, length: end + 4 };
}

function readChunks(bytes: Buffer): Buffer | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf("\r\n", at);
    if (line === -1) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, line), 16);
    if (size === 0) return bytes.byteLength >= line + 4 ? Buffer.concat(pieces) : undefined;
    if (bytes.byteLength < line + 4 + size) return undefined;
    pieces.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 4 + size;
  }
}
