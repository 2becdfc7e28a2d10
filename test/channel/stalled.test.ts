import { expect, test } from "bun:test";
import { openApp, providerYaml } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { contentPiece } from "../support/client.ts";
import { openRawSocket, readFrames } from "../support/raw-socket.ts";
import {
  chunked,
  lastChunk,
  openUpstream,
  type ScriptedUpstream,
  type Step,
  toChunk,
} from "../support/scripted-upstream.ts";

const end = [
  toChunk('data: {"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'),
  toChunk("data: [DONE]\n\n"),
  lastChunk,
];
const pieceLength = 50_000;
const pieces = 600;
/** A letter that stands nowhere else in a stream. */
const letter = "~";
const big = contentPiece(letter.repeat(pieceLength));
const floodOf = (count: number): readonly Step[] => [
  ...chunked([]),
  ...Array.from({ length: count }, () => big),
  ...end,
];
/** 30 MB of answer, as fast as it is taken. */
const flood = floodOf(pieces);
/** What lies between the run and its reader: the buffers of one connection, of 36 MiB at most as Linux has them, and our own MiB. */
const onTheWay = 40_000_000;
const quiet: readonly Step[] = [
  ...chunked([]),
  ...Array.from({ length: 1500 }, (): Step[] => [contentPiece("a "), { waitMs: 20 }]).flat(),
  ...end,
];

const request = (content: string) => ({
  messages: [{ role: "user" as const, content }],
  model: "m",
  provider: "Work",
});
const op = (content: string, more: object = {}) =>
  JSON.stringify({ op: "run", id: "c", request: { ...request(content), ...more } });

/** Waits until the upstream could send nothing for so long that nobody can be taking anything. */
async function whenHeldBack({ requests }: Pick<ScriptedUpstream, "requests">): Promise<number> {
  for (let sent = -1, since = performance.now(); ; await Bun.sleep(10)) {
    const { sentBytes = 0 } = requests.at(-1) ?? {};
    if (sentBytes !== sent) [sent, since] = [sentBytes, performance.now()];
    else if (sent > 1_000_000 && performance.now() - since > 400) return sent;
  }
}

/** Counts the letters of an answer as it comes, without keeping it. */
async function readLetters(response: Response): Promise<number> {
  let letters = 0;
  for await (const bytes of response.body!) for (const byte of bytes) if (byte === letter.charCodeAt(0)) letters++;
  return letters;
}

test("a reader that stops reading holds its answer back, no other one, and finds everything when it reads on", async () => {
  using upstream = openUpstream(({ body }) => (body.includes("flood") ? floodOf(2 * pieces) : quiet));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  using other = await openChannel(app.origin);
  other.send({ op: "run", id: "other", request: request("quiet") });
  await other.find(({ type }) => type === "content");

  using stalled = await openRawSocket(app.origin);
  // Nobody else could read it, so it waits for this one.
  stalled.send(op("flood", { resumable: false }));
  while (stalled.length < 1_000_000) await Bun.sleep(1);
  stalled.pause();
  await whenHeldBack(upstream);
  const [held] = await app.services.runs.list("local", 1);
  // On a busy machine much of it has come before the pause.
  expect(held!.sequence * pieceLength - stalled.length).toBeLessThan(onTheWay);
  const seen = other.frames.length;
  while (other.frames.length < seen + 5) await Bun.sleep(5);

  stalled.resume();
  while (stalled.length < 2 * pieces * pieceLength || app.services.runs.count > 1) await Bun.sleep(5);
  await app.services.channel.close(1_000);
  const { texts } = readFrames(await stalled.received);
  const events = texts.slice(1, -1).map((text): { seq: number; content?: string } => JSON.parse(text));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.reduce((sum, { content = "" }) => sum + content.length, 0)).toBe(2 * pieces * pieceLength);
}, 30_000);

test("a socket whose reader takes nothing for too long is closed with 1013, and its answer goes on without it, whole", async () => {
  using upstream = openUpstream(() => flood);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }), stallMs: 300 });
  using slow = await openRawSocket(app.origin);
  slow.send(op("flood"));
  slow.pause();
  while (app.services.channel.count === 0 || app.services.runs.count === 0) await Bun.sleep(1);
  while (app.services.channel.count > 0) await Bun.sleep(5);

  slow.resume();
  const { texts, code } = readFrames(await slow.received);
  expect(code).toBe(1013);
  const seen = texts.slice(1).map((text): { seq: number; run_id: string } => JSON.parse(text));
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
  const { run_id: runId, seq: last } = seen.at(-1)!;
  const rest = await app.get(`/backend-api/v2/runs/${runId}/events?after=${last}&format=ndjson`);
  // The first two events tell of the provider and its parameters.
  expect(await readLetters(rest)).toBeGreaterThanOrEqual((pieces - (last - 2)) * pieceLength);
  expect((await app.services.runs.get(runId, "local")).state).toBe("finished");
}, 30_000);

test("a reader that is merely slow is waited for, and gets everything", async () => {
  using upstream = openUpstream(() => flood);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  using slow = await openRawSocket(app.origin);
  slow.send(op("flood"));
  for (let round = 0; round < 3; round++) {
    slow.pause();
    await whenHeldBack(upstream);
    slow.resume();
    await Bun.sleep(5);
  }
  while (slow.length < pieces * pieceLength) await Bun.sleep(5);
  await app.services.runs.drain(1_000);
  await app.services.channel.close(1_000);
  const { texts, code } = readFrames(await slow.received);
  expect(code).toBe(1001);
  const contents = texts.map((text): { type: string; content?: string } => JSON.parse(text));
  expect(contents.reduce((sum, { content = "" }) => sum + content.length, 0)).toBe(pieces * pieceLength);
  expect(contents.at(-1)).toMatchObject({ type: "detached" });
}, 30_000);

test("refusals that nobody reads close the socket rather than pile up", async () => {
  await using app = await openApp();
  using deaf = await openRawSocket(app.origin);
  deaf.pause();
  // Each is answered with a refusal several times its length.
  const frames = () => {
    for (let count = 0; count < 1_000; count++) deaf.send("{}");
  };
  for (frames(); app.services.channel.count > 0; frames()) await Bun.sleep(1);
  deaf.resume();
  const { code } = readFrames(await deaf.received);
  expect(code).toBe(1013);
  expect((await app.get("/healthz")).status).toBe(200);
}, 30_000);
