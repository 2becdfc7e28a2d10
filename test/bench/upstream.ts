/**
 * The scripted upstream of the benches, a process of its own: OpenAI's chunks over raw TCP from prepared buffers, so
 * that it costs next to nothing. How it sends stands in the path: `/<pieces>/<gap in ms>/chat/completions`. With a gap
 * every event is a piece of its own; without, all streams get one event in turn, as fast as they take them.
 */
import type { Socket } from "bun";

const head = Buffer.from("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
const chunk = (text: string) => Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
const delta = (content: string) =>
  chunk(
    `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1721400000,"model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null}]}\n\n`,
  );
const piece = delta("token ");
const end = Buffer.concat([
  chunk(`data: {"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`),
  chunk(`data: {"model":"m","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":5,"total_tokens":10}}\n\n`),
  chunk("data: [DONE]\n\n"),
  Buffer.from("0\r\n\r\n"),
]);

interface Stream {
  received: string;
  left: number;
  blocked: Buffer | undefined;
}

const flowing = new Set<Socket<Stream>>();
let isTurning = false;

const server = Bun.listen<Stream>({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(socket) {
      socket.setNoDelay(true);
      socket.data = { received: "", left: 0, blocked: undefined };
    },
    data(socket, bytes) {
      socket.data.received += bytes.toString("latin1");
      const { received } = socket.data;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      const body = received.indexOf("\r\n\r\n");
      if (body === -1 || received.length < body + 4 + length) return;
      socket.data.received = "";
      const [, pieces = "0", gap = "0"] = /^\w+ \/(\d+)\/(\d+)/.exec(received) ?? [];
      start(socket, Number(pieces), Number(gap));
    },
    drain(socket) {
      const { blocked } = socket.data;
      socket.data.blocked = undefined;
      if (blocked) send(socket, blocked);
      if (flowing.has(socket)) turn();
    },
    close: (socket) => void flowing.delete(socket),
    error() {},
  },
});
process.stdout.write(`${server.port}\n`);

function start(socket: Socket<Stream>, pieces: number, gapMs: number): void {
  socket.data.left = pieces;
  if (gapMs === 0) {
    send(socket, head);
    flowing.add(socket);
    return turn();
  }
  send(socket, Buffer.concat([head, piece]));
  socket.data.left--;
  const timer = setInterval(() => {
    if (socket.data.left-- > 0) return send(socket, piece);
    send(socket, end);
    clearInterval(timer);
  }, gapMs);
}

/** One event for each stream that takes one, then the others' chance to run. */
function turn(): void {
  if (isTurning) return;
  isTurning = true;
  let isAnyOpen = false;
  for (const socket of flowing) {
    if (socket.data.blocked) continue;
    if (socket.data.left-- > 0) {
      send(socket, piece);
      isAnyOpen = true;
    } else {
      flowing.delete(socket);
      send(socket, end);
    }
  }
  isTurning = false;
  if (isAnyOpen) setImmediate(turn);
}

function send(socket: Socket<Stream>, bytes: Buffer): void {
  const written = Math.max(0, socket.write(bytes));
  if (written < bytes.length)
    socket.data.blocked = Buffer.concat([socket.data.blocked ?? Buffer.alloc(0), bytes.subarray(written)]);
}
