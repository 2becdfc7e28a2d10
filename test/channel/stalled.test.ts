import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conversationPath, openApp, providerYaml } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { fromSource, startServer } from "../support/command.ts";
import { openRawSocket, readFrames } from "../support/raw-socket.ts";
import { chunked, lastChunk, openUpstream, type Step, toChunk } from "../support/scripted-upstream.ts";

const delta = (content: string) => toChunk(`data: {"model":"m","choices":[{"delta":{"content":"${content}"}}]}\n\n`);
const end = [
  toChunk('data: {"model":"m","choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'),
  toChunk("data: [DONE]\n\n"),
  lastChunk,
];
const pieceLength = 50_000;
const pieces = 4_000;
/** A letter that stands nowhere else in a stream. */
const letter = "~";
const big = delta(letter.repeat(pieceLength));
/** 200 MB of answer, as fast as it is taken. */
const flood: readonly Step[] = [...chunked([]), ...Array.from({ length: pieces }, () => big), ...end];
const quiet: readonly Step[] = [
  ...chunked([]),
  ...Array.from({ length: 500 }, (): Step[] => [delta("a "), { waitMs: 20 }]).flat(),
  ...end,
];

const request = (content: string) => ({
  messages: [{ role: "user" as const, content }],
  model: "m",
  provider: "Work",
});
const op = (content: string) => JSON.stringify({ op: "run", id: "c", request: request(content) });

/** Counts the letters of an answer as it comes, without keeping it. */
async function readLetters(response: Response): Promise<number> {
  let letters = 0;
  for await (const bytes of response.body!) for (const byte of bytes) if (byte === letter.charCodeAt(0)) letters++;
  return letters;
}

test("a reader that stops reading a flood: memory stays, other answers go on, and it finds everything when it comes back", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-flood-"));
  using upstream = openUpstream(({ body }) => (body.includes("flood") ? flood : quiet));
  await Bun.write(join(cwd, "parley.yaml"), providerYaml({ name: "Work", origin: upstream.origin }));
  await using server = await startServer(fromSource, { cwd, args: ["--config", "parley.yaml"] });
  const { origin } = server;
  const ownMemory = () =>
    Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8"))?.[1]) * 1024;

  // A flood that is read, so that what it takes in passing is not taken for what a stalled reader costs.
  const read = await fetch(origin + conversationPath, { method: "POST", body: JSON.stringify(request("flood")) });
  expect(await readLetters(read)).toBe(pieces * pieceLength);

  using other = await openChannel(origin);
  other.send({ op: "run", id: "other", request: request("quiet") });
  await other.find(({ type }) => type === "content");
  await Bun.sleep(500);

  const before = ownMemory();
  const seenBefore = other.frames.length;
  using stalled = await openRawSocket(origin);
  stalled.send(op("flood"));
  while (stalled.length < 1_000_000) await Bun.sleep(1);
  stalled.pause();
  await Bun.sleep(3_000);
  expect(ownMemory() - before).toBeLessThan(16 * 1024 * 1024);
  // What the upstream got rid of stands in buffers of systems, its own included.
  expect(upstream.requests.at(-1)!.sentBytes).toBeLessThan(60_000_000);
  // Of about 150 events of the other answer: a machine that is busy with other things is no fault of the server.
  expect(other.frames.length - seenBefore).toBeGreaterThan(75);

  // It stays so slow: it is closed, and its run goes on to the end.
  await Bun.sleep(14_500);
  stalled.resume();
  const { texts } = readFrames(await stalled.received);
  const seen = texts.slice(1).map((text): { seq: number; run_id: string } => JSON.parse(text));
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
  const { run_id: runId, seq: last } = seen.at(-1)!;
  const rest = await fetch(`${origin}/backend-api/v2/runs/${runId}/events?after=${last}&format=ndjson`);
  // The first two events tell of the provider and its parameters.
  expect(await readLetters(rest)).toBeGreaterThanOrEqual((pieces - (last - 2)) * pieceLength);
  const info = await (await fetch(`${origin}/backend-api/v2/runs/${runId}`)).json();
  expect(info).toMatchObject({ state: "finished", reason: "stop" });
  rmSync(cwd, { recursive: true, force: true });
}, 120_000);

test("a socket whose reader takes nothing for too long is closed with 1013, and told so if it reads on", async () => {
  using upstream = openUpstream(() => flood);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  using slow = await openRawSocket(app.origin);
  slow.send(op("flood"));
  slow.pause();
  await Bun.sleep(17_000);
  slow.resume();
  const { texts, code } = readFrames(await slow.received);
  expect(code).toBe(1013);
  const { run_id } = JSON.parse(texts[0]!);
  expect(["running", "finished"]).toContain((await app.services.runs.get(run_id, "local")).state);
});

test("a reader that is merely slow is waited for, and gets everything", async () => {
  const steps: readonly Step[] = [...chunked([]), ...Array.from({ length: 400 }, () => big), ...end];
  using upstream = openUpstream(() => steps);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  using slow = await openRawSocket(app.origin);
  slow.send(op("flood"));
  for (let round = 0; round < 8; round++) {
    slow.pause();
    await Bun.sleep(800);
    slow.resume();
    await Bun.sleep(5);
  }
  while (slow.length < 400 * pieceLength) await Bun.sleep(5);
  await app.services.runs.drain(1_000);
  await app.services.channel.close(1_000);
  const { texts, code } = readFrames(await slow.received);
  expect(code).toBe(1001);
  const contents = texts.map((text): { type: string; content?: string } => JSON.parse(text));
  expect(contents.reduce((sum, { content = "" }) => sum + content.length, 0)).toBe(400 * pieceLength);
  expect(contents.at(-1)).toMatchObject({ type: "detached" });
});

test("refusals that nobody reads close the socket rather than pile up", async () => {
  await using app = await openApp();
  using deaf = await openRawSocket(app.origin);
  deaf.pause();
  // Each is answered with a refusal several times its length.
  for (let count = 0; count < 400_000; count++) deaf.send("{}");
  await Bun.sleep(1_500);
  deaf.resume();
  const { code } = readFrames(await deaf.received);
  expect(code).toBe(1013);
  expect((await app.get("/healthz")).status).toBe(200);
});
