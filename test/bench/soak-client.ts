/**
 * Everybody who asks in the soak, and what became of their answers, as JSON: a process of its own.
 * Arguments: origin, streams at once, seconds, access key.
 */
import { connect } from "node:net";
import { type Asked, toPiece } from "./soak-upstream.ts";

const [origin = "", streams = "1", seconds = "1", key = ""] = Bun.argv.slice(2);
const { hostname, port, host } = new URL(origin);
const until = performance.now() + Number(seconds) * 1000;

/** How an answer is asked for, and how its words are read back. */
interface Door {
  readonly path: string;
  readonly more: object;
  /** The words of one line, and whether it says that all is over, well or not. */
  readonly read: (line: string) => { readonly content?: string; readonly end?: "whole" | "failed" };
}

const conversation = "/backend-api/v2/conversation";
const readEvent: Door["read"] = (line) => {
  const at = line.indexOf("{");
  if (at === -1 || !(line.startsWith("data:") || at === 0)) return {};
  const event = JSON.parse(line.slice(at));
  if (event.type === "content") return { content: event.content };
  if (event.type === "finish") return { end: event.finish.reason === "stop" ? "whole" : "failed" };
  return {};
};
const readChunk: Door["read"] = (line) => {
  if (!line.startsWith("data: {")) return {};
  const { choices, error } = JSON.parse(line.slice(6));
  if (error) return { end: "failed" };
  const [{ delta = {}, finish_reason: reason = null } = {}] = choices ?? [];
  return { content: delta.content ?? "", ...(reason !== null && { end: "whole" as const }) };
};
const doors: readonly Door[] = [
  { path: conversation, more: {}, read: readEvent },
  { path: conversation, more: { conversation_format: "ndjson" }, read: readEvent },
  { path: conversation, more: { resumable: true }, read: readEvent },
  { path: "/v1/chat/completions", more: { stream: true }, read: readChunk },
];

const tally = { asked: 0, whole: 0, failed: 0, left: 0, slow: 0, events: 0 };
/** What should not be, in words. */
const wrong: string[] = [];

await Promise.all(
  Array.from({ length: Number(streams) }, async (_, index) => {
    // Not all in the same moment, for ever.
    await Bun.sleep(Math.random() * 3000);
    for (let turn = index; performance.now() < until; turn++) await ask(doors[turn % doors.length]!);
  }),
);
process.stdout.write(JSON.stringify({ ...tally, wrong: wrong.length, examples: wrong.slice(0, 5) }));
process.exit(0);

async function ask(door: Door): Promise<void> {
  const chance = Math.random();
  const leaves = chance < 0.1;
  const isSlow = chance >= 0.1 && chance < 0.15;
  const fails = chance < 0.9 ? undefined : chance < 0.95 ? "refused" : "cut";
  // What a slow one is sent is more than any system keeps for it.
  const asked: Asked = { pieces: 60, gapMs: 50, padding: isSlow ? 20_000 : 0, ...(fails && { fails }) };
  tally.asked++;
  if (isSlow) tally.slow++;
  const text = await receive(door, asked, { leavesAt: leaves ? Math.random() * 3000 : undefined, isSlow });
  if (text === undefined) return void tally.left++;
  judge(door, asked, text);
}

function judge(door: Door, asked: Asked, text: string): void {
  let content = "";
  const ends: string[] = [];
  for (const line of text.split("\n")) {
    const read = door.read(line);
    if (read.content) tally.events++;
    content += read.content ?? "";
    if (read.end) ends.push(read.end);
  }
  const whole = Array.from({ length: asked.pieces }, (_, index) => toPiece(index, asked)).join("");
  const about = `${door.path} ${JSON.stringify({ ...door.more, ...asked })}`;
  if (!whole.startsWith(content)) wrong.push(`${about}: events were lost, or came twice`);
  else if (asked.fails) {
    // Before the first word it may be a status instead.
    if (!ends.includes("failed") && !/^HTTP\/1.1 [45]/.test(text))
      wrong.push(`${about}: it failed, and nothing says so`);
    else tally.failed++;
  } else if (ends.join() !== "whole" || content !== whole) {
    wrong.push(
      `${about}: ${content.length} of ${whole.length}, ${ends.join()}: ${text.slice(0, 120)} … ${text.slice(-300)}`,
    );
  } else tally.whole++;
}

interface Habits {
  /** After so many milliseconds. */
  readonly leavesAt: number | undefined;
  readonly isSlow: boolean;
}

/** All that comes over a connection of its own, head and all; `undefined` for who left. */
async function receive(door: Door, asked: Asked, { leavesAt, isSlow }: Habits): Promise<string | undefined> {
  const content = JSON.stringify(asked);
  const body = JSON.stringify({ provider: "Soak", model: "m", messages: [{ role: "user", content }], ...door.more });
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `POST ${door.path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const pieces: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  socket.on("data", (bytes: Buffer) => {
    pieces.push(bytes);
    if (!isSlow) return;
    socket.pause();
    setTimeout(() => socket.resume(), 300);
  });
  socket.on("error", () => {});
  socket.on("close", () => resolve(unchunk(Buffer.concat(pieces))));
  if (leavesAt === undefined) return promise;
  await Bun.sleep(leavesAt);
  socket.destroy();
  return undefined;
}

/** A response without the framing of its chunks (RFC 9112 §7.1). */
function unchunk(bytes: Buffer): string {
  const head = bytes.indexOf("\r\n\r\n");
  if (!/transfer-encoding: chunked/i.test(bytes.subarray(0, head).toString("latin1"))) return bytes.toString();
  const parts = [bytes.subarray(0, head + 4)];
  for (let at = head + 4; at < bytes.length;) {
    const line = bytes.indexOf("\r\n", at);
    const length = Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
    if (line === -1 || !(length > 0)) break;
    parts.push(bytes.subarray(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
  }
  return Buffer.concat(parts).toString();
}
