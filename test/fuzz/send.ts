import type { Answer, Exchange, NoAnswer } from "./exchange.ts";
import type { Input } from "./input.ts";
import { type Asked, judge } from "./judge.ts";
import type { Known } from "./known.ts";
import type { Target } from "./target.ts";

/** Sends one input, and says what was wrong with its answer: a test prints it as it was sent. */
export async function send(input: Input, target: Target, known: Known, exchange: Exchange): Promise<Answer | NoAnswer> {
  const bytes = toBytes(input, target, known);
  const answer = await exchange.ask(bytes, input.method === "HEAD");
  const wrong = judge(toAsked(input, bytes), answer, target.secrets);
  if (wrong !== undefined) throw new Error(`${wrong}\n${bytes.toString("latin1", 0, 4000)}`);
  if (typeof answer === "object" && answer.status < 300) known.learn(answer, input.path);
  return answer;
}

function toAsked({ method, path, headers }: Input, bytes: Buffer): Asked {
  const end = bytes.indexOf("\r\n\r\n");
  return {
    method,
    path,
    sent:
      bytes.toString() +
      bytes
        .toString("latin1")
        .replaceAll(/%[0-9a-f]{2}/gi, (each) => String.fromCharCode(Number.parseInt(each.slice(1), 16))),
    isRude: end > 15_000 || headers.length > 190 || !/^(\/|http:)/.test(path),
  };
}

function toBytes({ as, method, path, headers, body }: Input, target: Target, known: Known): Buffer {
  const canary = (text: string) => text.replaceAll("⟦canary.0⟧", String(target.canaryPort));
  const lines: (readonly [string, string])[] = [["host", new URL(target.origin).host]];
  const isNamed = (name: string) => headers.some(([each]) => each.toLowerCase() === name);
  if (as !== "nobody" && !isNamed("authorization")) lines.push(["authorization", `Bearer ${target[as]}`]);
  if (body?.type !== undefined && !isNamed("content-type")) lines.push(["content-type", body.type]);
  lines.push(...headers);
  let content = Buffer.alloc(0) as Buffer;
  if (body) {
    content =
      typeof body.content === "string" ? Buffer.from(known.resolve(canary(body.content))) : Buffer.from(body.content);
    if (body.isChunked) content = toChunks(content);
    lines.push(body.isChunked ? ["transfer-encoding", "chunked"] : ["content-length", String(content.byteLength)]);
  }
  const target_ = known.resolve(canary(path), encodeURIComponent);
  const head = `${method} ${target_} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${known.resolve(value)}\r\n`).join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), content]);
}

function toChunks(content: Buffer): Buffer {
  const half = content.byteLength >> 1;
  const pieces = [content.subarray(0, half), content.subarray(half)].filter(({ byteLength }) => byteLength > 0);
  return Buffer.concat([
    ...pieces.flatMap((piece) => [Buffer.from(`${piece.byteLength.toString(16)}\r\n`), piece, Buffer.from("\r\n")]),
    Buffer.from("0\r\n\r\n"),
  ]);
}
