/** Frames of a WebSocket (RFC 6455 §5), right and wrong: each item is all that is sent over one socket. */

interface FrameParts {
  readonly op?: number;
  readonly isFinal?: boolean;
  readonly reserved?: number;
  readonly payload?: string | Uint8Array;
  readonly isMasked?: boolean;
  /** Said in place of its own. */
  readonly length?: bigint;
  /** In how many bytes its length is written, also where fewer would do. */
  readonly lengthBytes?: 0 | 2 | 8;
}

export function toFrame({
  op = 1,
  isFinal = true,
  reserved = 0,
  payload = "",
  isMasked = true,
  length,
  lengthBytes,
}: FrameParts): Buffer {
  const content = Buffer.from(payload as string);
  const said = length ?? BigInt(content.byteLength);
  const form = lengthBytes ?? (said > 65_535n ? 8 : said > 125n ? 2 : 0);
  const head = Buffer.alloc(2 + form);
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | op;
  head[1] = (isMasked ? 0x80 : 0) | (form === 8 ? 127 : form === 2 ? 126 : Number(said));
  if (form === 2) head.writeUInt16BE(Number(said & 0xffffn), 2);
  if (form === 8) head.writeBigUInt64BE(said, 2);
  // A mask of zeros changes nothing.
  return Buffer.concat([head, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), content]);
}

const ping = JSON.stringify({ op: "ping", id: "p" });
const text = toFrame({ payload: ping });
const closing = (code: number, reason = "") => {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return toFrame({ op: 8, payload });
};
const pieces = (...payloads: readonly (string | Uint8Array)[]) =>
  payloads.map((payload, at) => toFrame({ op: at === 0 ? 1 : 0, isFinal: at === payloads.length - 1, payload }));

export const frameTorture: readonly (readonly Uint8Array[])[] = [
  [text],
  ...Array.from({ length: 16 }, (_, op) => [toFrame({ op, payload: ping }), text]),
  ...Array.from({ length: 7 }, (_, at) => [toFrame({ reserved: at + 1, payload: ping }), text]),
  ...[8, 9, 10].flatMap((op) => [
    [toFrame({ op, isFinal: false, payload: "ab" }), text],
    [toFrame({ op, payload: "a".repeat(125) }), text],
    [toFrame({ op, payload: "a".repeat(126) }), text],
    [toFrame({ op, isMasked: false }), text],
    [toFrame({ op, payload: "", lengthBytes: 2 }), text],
  ]),
  [toFrame({ payload: ping, isMasked: false })],
  [toFrame({ payload: ping, lengthBytes: 2 }), text],
  [toFrame({ payload: ping, lengthBytes: 8 }), text],
  ...[126n, 65_536n, 1_048_577n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n].map(
    (length) => [toFrame({ payload: ping, length, lengthBytes: 8 })],
  ),
  [toFrame({ payload: "x".repeat(1_048_576) }), text],
  [toFrame({ payload: "x".repeat(1_048_577) }), text],
  pieces("x".repeat(600_000), "x".repeat(600_000)),
  pieces(ping.slice(0, 5), ping.slice(5)),
  pieces(...ping),
  pieces("", "", ping, "", ""),
  [...pieces("{", "}").slice(0, 1), toFrame({ op: 9, payload: "a" }), ...pieces("{", "}").slice(1), text],
  [...pieces("{", "}").slice(0, 1), text],
  [toFrame({ op: 0, payload: ping }), text],
  [toFrame({ op: 0, isFinal: false, payload: ping }), text],
  Array.from({ length: 20_000 }, () => toFrame({ op: 0, isFinal: false })),
  [
    toFrame({ isFinal: false }),
    ...Array.from({ length: 20_000 }, () => toFrame({ op: 0, isFinal: false, payload: "x" })),
  ],
  Array.from({ length: 5000 }, () => toFrame({ op: 9, payload: "x".repeat(125) })),
  Array.from({ length: 5000 }, () => toFrame({ op: 10 })),
  ...[[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xce], [0xe2, 0x82]].flatMap((bytes) => [
    [toFrame({ payload: Buffer.from(bytes) }), text],
    [toFrame({ op: 2, payload: Buffer.from(bytes) }), text],
    [...pieces(Buffer.from(bytes), "x"), text],
    [toFrame({ op: 8, payload: Buffer.from([3, 0xe8, ...bytes]) })],
  ]),
  ...[
    0, 1, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1011, 1015, 1016, 2999, 3000, 4401, 4999, 5000, 65_535,
  ].flatMap((code) => [[closing(code)], [closing(code, "why"), text]]),
  [toFrame({ op: 8, payload: "a" })],
  [toFrame({ op: 8 }), toFrame({ op: 8 })],
  [closing(1000, "x".repeat(123))],
  [text.subarray(0, 1)],
  [text.subarray(0, 3)],
  [text.subarray(0, 8)],
  [Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  [Buffer.alloc(100)],
  [Buffer.alloc(100, 0xff)],
  [Buffer.alloc(0)],
];
