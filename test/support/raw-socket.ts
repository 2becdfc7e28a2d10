import { connect, type Socket } from "node:net";
import { channelPath, upgrading } from "./channel.ts";

/** A WebSocket over a bare connection, which reads when it is told to: a browser's always reads. */
export interface RawSocket extends Disposable {
  send(text: string): void;
  /** Bytes as they are, right frames or not. */
  write(bytes: Uint8Array): void;
  pause(): void;
  resume(): void;
  /** Every byte after the head, frames and all, until the other side closes. */
  readonly received: Promise<Buffer>;
  /** How many came so far. */
  readonly length: number;
}

/** `more` are header lines, each with its end. */
export async function openRawSocket(origin: string, more = ""): Promise<RawSocket> {
  const { hostname, port, host } = new URL(origin);
  const socket: Socket = connect(Number(port), hostname);
  const lines = Object.entries({ host, ...upgrading }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${channelPath} HTTP/1.1\r\n${lines.join("")}${more}\r\n`);
  const head = await new Promise<Buffer>((resolve, reject) => {
    socket.once("data", resolve);
    socket.once("error", reject);
  });
  if (!head.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error(`refused: ${head.toString()}`);
  const pieces: Buffer[] = [];
  let length = 0;
  socket.on("data", (bytes: Buffer) => {
    pieces.push(bytes);
    length += bytes.byteLength;
  });
  socket.on("error", () => {});
  return {
    send: (text) => void socket.write(toFrame(text)),
    write: (bytes) => void socket.write(bytes),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    received: new Promise((resolve) => socket.once("close", () => resolve(Buffer.concat(pieces)))),
    get length() {
      return length;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** A text frame from a client, masked as such must be (RFC 6455 §5.2), with a mask of zeros, which changes nothing. */
function toFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const length = Buffer.from([payload.byteLength >> 8, payload.byteLength & 255]);
  return Buffer.concat([Buffer.from([0x81, 0x80 | 126]), length, Buffer.alloc(4), payload]);
}

/** The whole text frames of what a server sent, and the code of its closing frame. */
export function readFrames(bytes: Buffer): { readonly texts: readonly string[]; readonly code: number | undefined } {
  const texts: string[] = [];
  for (let at = 0; at + 2 <= bytes.byteLength;) {
    const op = bytes[at]! & 15;
    const short = bytes[at + 1]! & 127;
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (at + head > bytes.byteLength) break;
    const length =
      short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short === 126 ? bytes.readUInt16BE(at + 2) : short;
    const payload = bytes.subarray(at + head, at + head + length);
    if (payload.byteLength < length) break;
    if (op === 8) return { texts, code: payload.byteLength < 2 ? undefined : payload.readUInt16BE(0) };
    if (op === 1) texts.push(payload.toString());
    at += head + length;
  }
  return { texts, code: undefined };
}
