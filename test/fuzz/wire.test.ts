import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { connect } from "node:net";
import { mapParallel } from "../../src/lib/parallel.ts";
import { channelOps, ControlFrame } from "../../src/protocol/channel.ts";
import { errorCodes } from "../../src/protocol/errors.ts";
import { RunEvent } from "../../src/protocol/events.ts";
import { openChannel, type Frame, type TestChannel } from "../support/channel.ts";
import { openRawSocket, readFrames } from "../support/raw-socket.ts";
import { type Answer, readAnswer } from "./exchange.ts";
import { createKnown, type Known } from "./known.ts";
import { frameTorture } from "./lists/frames.ts";
import { ambiguous, framings } from "./lists/framing.ts";
import { jsonTorture } from "./lists/json.ts";
import { readRuns } from "./runs.ts";
import { openTarget, type Target } from "./target.ts";
import { nearly, toText, valueOf } from "./values.ts";

const { runs, seed } = readRuns(1_500);
/** How long nothing may come before nothing more is waited for, in milliseconds. Much of what is sent is half a request. */
const silenceMs = 400;

let target: Target;
beforeAll(async () => void (target = await openTarget()));
afterAll(() => target[Symbol.asyncDispose]());

test("whatever comes over a connection is a request, or refused, and two lengths are never two requests", async () => {
  const wrong: unknown[] = [];
  const all = [...framings, ...ambiguous];
  await mapParallel(all, 40, async (sent) => {
    const answers = await exchange(Buffer.from(sent, "latin1"));
    const isTalkedInto = ambiguous.includes(sent) && answers.length > 1;
    const failed = answers.filter(({ status }) => status >= 500 && status !== 505);
    if (failed.length > 0 || isTalkedInto) wrong.push([sent.slice(0, 300), answers.map(({ status }) => status)]);
  });
  expect(wrong).toEqual([]);
});

test("whatever comes over a socket is a frame, or ends that socket alone", async () => {
  const wrong: unknown[] = [];
  using other = await openChannel(target.origin, asAdmin());
  await mapParallel(frameTorture, 20, async (frames) => {
    using socket = await openRawSocket(target.origin, `authorization: Bearer ${target.admin}\r\n`);
    for (const frame of frames) socket.write(frame);
    const received = await untilSilent(socket);
    const { texts, code } = readFrames(received);
    const types = texts.map((text) => JSON.parse(text));
    if (types.some((frame) => judgeFrame(frame)) || (code !== undefined && !isCloseCode(code)))
      wrong.push([frames[0]?.subarray(0, 40), code, texts]);
  });
  expect(wrong).toEqual([]);
  await ping(other);
}, 30_000);

test(
  "whatever is said over the channel is answered there, and nothing else comes of it",
  async () => {
    const known = createKnown();
    const frame = fc.oneof(
      ...Object.values(channelOps).map((schema) => valueOf(schema).map(toText)),
      ...Object.values(channelOps).map((schema) => nearly(valueOf(schema))),
      nearly(fc.constantFrom<unknown>(...ordinary)),
      fc
        .constantFrom(...jsonTorture)
        .map((each) => (typeof each === "string" ? each : Buffer.from(each).toString("latin1"))),
    );
    const burst = fc.array(frame, { minLength: 1, maxLength: 30, size: "max" });
    let count = 0;
    let channel: TestChannel | undefined;
    const say = async (frames: readonly string[], as = asAdmin()) => {
      if (channel?.socket.readyState !== WebSocket.OPEN) channel = await openChannel(target.origin, as);
      const before = channel.frames.length;
      for (const each of frames) channel.sendRaw(known.resolve(each));
      count += frames.length;
      await ping(channel);
      learn(known, channel.frames.slice(before));
      const wrong = channel.frames.slice(before).map(judgeFrame).filter(Boolean);
      if (wrong.length > 0) throw new Error(`${wrong.join("\n")}\n${frames.join("\n").slice(0, 4000)}`);
    };
    await fc.assert(
      fc.asyncProperty(burst, (frames) => say(frames)),
      { seed, numRuns: Math.ceil(runs / 15) },
    );
    channel?.socket.close();
    // Those of somebody else, by their ids: and very many at once.
    await say(
      Array.from({ length: 1000 }, (_, at) =>
        JSON.stringify({ op: at % 3 === 0 ? "attach" : "cancel", id: `x${at % 7}`, run_id: `⟦run_id.${at}⟧` }),
      ),
      { headers: { authorization: `Bearer ${target.user}` } },
    );
    expect(channel?.frames.filter(({ type }) => type === "accepted" || type === "content")).toEqual([]);
    channel?.socket.close();
    console.log(`fuzz: ${count} frames, seed ${seed}`);
  },
  60_000 + runs * 20,
);

test("the server has done nothing meanwhile that it must not do", async () => {
  expect(await target.findHarm()).toEqual([]);
}, 30_000);

const question = { model: "m", provider: "Fuzz", messages: [{ role: "user", content: "cat" }] };
const ordinary: readonly object[] = [
  { op: "run", id: "a", request: question },
  { op: "run", id: "a", request: { ...question, chat_id: "chat-1" }, idempotency_key: "k" },
  { op: "attach", id: "b", run_id: "⟦run_id.0⟧", after: 0 },
  { op: "detach", id: "a" },
  { op: "cancel", id: "a" },
  { op: "join", id: "r", chat_id: "chat-1", name: "n" },
  { op: "leave", id: "r" },
];

const asAdmin = () => ({ headers: { authorization: `Bearer ${target.admin}` } });

let pings = 0;
async function ping(channel: TestChannel): Promise<void> {
  const id = `ping-${++pings}`;
  channel.send({ op: "ping", id });
  await channel.find((frame) => frame.id === id);
}

function learn(known: Known, frames: readonly Frame[]): void {
  for (const { run_id } of frames)
    if (typeof run_id === "string")
      known.learn({ headers: new Map([["x-run-id", run_id]]), body: Buffer.alloc(0) }, "");
}

const types: ReadonlySet<unknown> = new Set(
  [...ControlFrame.anyOf, ...RunEvent.anyOf].map(({ properties }) => properties.type.const),
);

/** Says what is wrong with a frame; nothing where all is well. */
function judgeFrame(frame: Frame): string | undefined {
  if (!types.has(frame.type)) return `a frame of no known type: ${JSON.stringify(frame)}`;
  if (frame.type !== "refused") return undefined;
  const code = (frame.error as { code?: keyof typeof errorCodes } | undefined)?.code;
  const isChosen = code !== undefined && code in errorCodes && code !== "internal";
  return isChosen ? undefined : `refused otherwise than by the table: ${JSON.stringify(frame)}`;
}

/** Those that a server may send (RFC 6455 §7.4), and what it was sent. */
const isCloseCode = (code: number) =>
  (code >= 1000 && code <= 1013 && ![1004, 1005, 1006].includes(code)) || code >= 3000;

/** Every answer to some bytes, until the server closes or has no more to say. */
async function exchange(bytes: Uint8Array): Promise<readonly Answer[]> {
  const { hostname, port } = new URL(target.origin);
  const socket = connect({ host: hostname, port: Number(port) });
  const received: Buffer[] = [];
  socket.on("error", () => {});
  await new Promise<void>((resolve) => {
    let timer = setTimeout(resolve, 5 * silenceMs);
    socket.on("data", (piece: Buffer) => {
      received.push(piece);
      clearTimeout(timer);
      timer = setTimeout(resolve, silenceMs);
    });
    socket.on("close", () => resolve());
    socket.write(bytes);
  });
  socket.destroy();
  return readAnswers(Buffer.concat(received));
}

function readAnswers(received: Buffer): readonly Answer[] {
  const answers: Answer[] = [];
  for (const piece of received.toString("latin1").split(/(?=HTTP\/1\.1 [1-9])/)) {
    const answer = readAnswer(Buffer.from(piece, "latin1"), false, true);
    if (answer) answers.push(answer);
  }
  return answers;
}

/** What came over a socket until it was closed, or nothing more came. */
async function untilSilent(socket: Awaited<ReturnType<typeof openRawSocket>>): Promise<Buffer> {
  const closed = socket.received.then(() => true);
  for (let length = -1; length !== socket.length;) {
    length = socket.length;
    if (await Promise.race([closed, Bun.sleep(silenceMs)])) break;
  }
  socket[Symbol.dispose]();
  return socket.received;
}
