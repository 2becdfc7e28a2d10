import type { Socket } from "bun";

/** One thing that the upstream does: send bytes, wait, or end the connection in one way or another. */
export type Step =
  string | Uint8Array | { readonly waitMs: number } | { readonly until: Promise<unknown> } | "close" | "reset" | "hang";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly receivedAt: number;
  /** When the other side closed the connection, by `performance.now()`. */
  readonly closed: Promise<number>;
  /** The bytes that the other side's system has taken so far. */
  readonly sentBytes: number;
}

export interface ScriptedUpstream extends Disposable {
  readonly origin: string;
  readonly requests: readonly RecordedRequest[];
}

/** What the upstream does with one request. Without a last step that ends it, the connection stays open. */
export type Script = (request: RecordedRequest, count: number) => readonly Step[];

interface Connection {
  received: Uint8Array[];
  readonly closed: PromiseWithResolvers<number>;
  isOpen: boolean;
  sentBytes: number;
}

/** An upstream over a real socket that does exactly what its script says, byte for byte. */
export function openUpstream(script: Script): ScriptedUpstream {
  const requests: RecordedRequest[] = [];
  const sockets = new Set<Socket<Connection>>();
  const server = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.setNoDelay(true);
        socket.data = { received: [], closed: Promise.withResolvers(), isOpen: true, sentBytes: 0 };
        sockets.add(socket);
      },
      data(socket, bytes) {
        socket.data.received.push(bytes.slice());
        const request = parseRequest(Buffer.concat(socket.data.received), socket.data);
        if (!request) return;
        socket.data.received = [];
        requests.push(request);
        void play(socket, script(request, requests.length));
      },
      close(socket) {
        sockets.delete(socket);
        socket.data.isOpen = false;
        socket.data.closed.resolve(performance.now());
      },
      error() {},
    },
  });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    requests,
    [Symbol.dispose]() {
      server.stop(true);
      for (const socket of sockets) socket.terminate();
    },
  };
}

async function play(socket: Socket<Connection>, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (!socket.data.isOpen) return;
    if (step === "hang") return;
    if (step === "close") return void socket.end();
    if (step === "reset") return void socket.terminate();
    if (typeof step === "object" && "waitMs" in step) await Bun.sleep(step.waitMs);
    else if (typeof step === "object" && "until" in step) await step.until;
    else await write(socket, typeof step === "string" ? new TextEncoder().encode(step) : step);
  }
}

/** Each step is a piece of its own on the wire. */
async function write(socket: Socket<Connection>, bytes: Uint8Array): Promise<void> {
  let left = bytes;
  while (left.byteLength > 0 && socket.data.isOpen) {
    const taken = Math.max(0, socket.write(left));
    socket.data.sentBytes += taken;
    left = left.subarray(taken);
    socket.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function parseRequest(bytes: Buffer, connection: Connection): RecordedRequest | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const body = bytes.subarray(end + 4);
  if (body.byteLength < Number(headers["content-length"] ?? 0)) return undefined;
  const [method = "", path = ""] = first.split(" ");
  return {
    method,
    path,
    headers,
    body: body.toString("utf8"),
    receivedAt: performance.now(),
    closed: connection.closed.promise,
    get sentBytes() {
      return connection.sentBytes;
    },
  };
}

/** A whole answer with a length, as one piece. */
export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Step[] {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const lines = Object.entries({
    "content-type": typeof body === "string" ? "text/html" : "application/json",
    "content-length": String(Buffer.byteLength(text)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return [`HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n${text}`];
}

/** The head of a chunked answer, then each piece as a chunk; `lastChunk` ends it. */
export function chunked(pieces: readonly (string | Uint8Array)[], type = "text/event-stream"): Step[] {
  return [`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`, ...pieces.map(toChunk)];
}

export const lastChunk = "0\r\n\r\n";

export function toChunk(piece: string | Uint8Array): Uint8Array {
  const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

/** OpenAI's chunks for a text, whole with its end, for tests that are about something else. */
export function openaiText(...pieces: string[]): Step[] {
  const chunk = (delta: unknown, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  return [
    ...chunked([...pieces.map((content) => chunk({ content })), chunk({}, "stop"), "data: [DONE]\n\n"]),
    lastChunk,
  ];
}
