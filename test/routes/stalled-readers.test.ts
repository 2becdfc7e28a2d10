import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { openApp, providerYaml } from "../support/app.ts";
import { contentPiece } from "../support/client.ts";
import { openRawSocket } from "../support/raw-socket.ts";
import { chunked, openUpstream, type Step } from "../support/scripted-upstream.ts";

const pieceLength = 50_000;
const piece = contentPiece("x".repeat(pieceLength));
const pieces = 1_600;
/** 80 MB, as fast as they are taken. */
const flood: readonly Step[] = [...chunked([]), ...Array.from({ length: pieces }, () => piece)];
/** What lies between a run and its reader, at most: the buffers of one connection, of 36 MiB as Linux has them, and our own. */
const onTheWay = 40 * 1024 * 1024;

const messages = [{ role: "user", content: "hello" }];
const ours = { messages, model: "m", provider: "Work" };
const theirs = { messages, model: "Work/m", stream: true };
/** Every door through which an answer streams, with a question to it. */
const doors: readonly (readonly [path: string, body: object])[] = [
  ["/backend-api/v2/conversation", ours],
  ["/backend-api/v2/conversation?format=ndjson", ours],
  ["/v1/chat/completions", theirs],
  ["/v1/completions", { prompt: "hello", model: "Work/m", stream: true }],
  ["/v1/responses", { input: "hello", model: "Work/m", stream: true }],
  ["/v1/messages", { ...theirs, max_tokens: 1_000_000 }],
  ["/v1beta/models/Work%2Fm:streamGenerateContent?alt=sse", { contents: [{ parts: [{ text: "hello" }] }] }],
  ["/api/chat", theirs],
  ["/api/generate", { prompt: "hello", model: "Work/m" }],
];

/** Asks, and takes nothing. */
function ask(origin: string, path: string, body: object): Socket {
  const { hostname, port, host } = new URL(origin);
  const text = JSON.stringify(body);
  const socket = connect(Number(port), hostname);
  socket.pause();
  socket.on("error", () => {});
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  );
  return socket;
}

test("twenty readers who take nothing hold their answers back at every door, and one who leaves ends one", async () => {
  using upstream = openUpstream(() => flood);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const sockets = [...doors, ...doors].map(([path, body]) => ask(app.origin, path, body));
  const channels = await Promise.all([openRawSocket(app.origin), openRawSocket(app.origin)]);
  for (const channel of channels) {
    channel.pause();
    channel.send(JSON.stringify({ op: "run", id: "c", request: { ...ours, resumable: false } }));
  }
  const readers = sockets.length + channels.length;
  const sentBytes = () => upstream.requests.map((each) => each.sentBytes);
  const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);
  for (let last = -1, since = performance.now(); performance.now() - since < 400; await Bun.sleep(10)) {
    const now = sum(sentBytes());
    if (now === last && upstream.requests.length === readers) continue;
    [last, since] = [now, performance.now()];
  }
  const runs = await app.services.runs.list("local", readers);
  expect(runs.filter(({ sequence }) => sequence * pieceLength > onTheWay)).toEqual([]);
  expect([runs.length, app.services.runs.count, (await app.get("/healthz")).status]).toEqual([readers, readers, 200]);

  for (const each of [
    ...sockets.map((socket) => () => socket.destroy()),
    ...channels.map((each) => each[Symbol.dispose]),
  ])
    each();
  // The channel's go on for as long as runs without readers do: at once to their end, since nobody may join them.
  while (app.services.runs.count > 0) await Bun.sleep(5);
  await Promise.all(upstream.requests.map(({ closed }) => closed));
}, 60_000);
