import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunInfo } from "../../src/protocol/runs.ts";
import { conversationPath, providerYaml } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { fromSource, type RunningServer, startServer } from "../support/command.ts";
import { readRun, type RunMessage, textOfRun } from "../support/events.ts";
import { chunked, openUpstream, type Step, toChunk } from "../support/scripted-upstream.ts";

const kills = 40;
/** Answers that are being streamed when the server is killed: over SSE with a reader, without one, and over a socket. */
const streams = 3;

const pieces = Array.from({ length: 400 }, (_, index) => `${index} `);
const whole = pieces.join("");
const delta = (content: string) => toChunk(`data: {"model":"m","choices":[{"delta":{"content":"${content}"}}]}\n\n`);
const steps: readonly Step[] = [...chunked([]), ...pieces.flatMap((piece): Step[] => [delta(piece), { waitMs: 2 }])];

interface Seen {
  readonly runId: string;
  readonly messages: RunMessage[];
}

const ask = { messages: [{ role: "user", content: "Count" }], model: "m", provider: "Work" };
const request = { method: "POST", body: JSON.stringify({ ...ask, resumable: true }) };

/** Reads until the server is killed; or leaves at once, and has the run go on alone. */
async function watch(origin: string, isLeaving: boolean): Promise<() => Promise<Seen>> {
  const response = await fetch(origin + conversationPath, request);
  const runId = response.headers.get("x-run-id") ?? "";
  const read = async () => {
    let text = "";
    try {
      for await (const bytes of response.body!) {
        text += Buffer.from(bytes).toString();
        if (isLeaving) break;
      }
    } catch {
      // The server is gone.
    }
    return { runId, messages: readRun(text, runId) };
  };
  const reading = read();
  return () => reading;
}

async function watchSocket(origin: string): Promise<() => Promise<Seen>> {
  const channel = await openChannel(origin);
  channel.send({ op: "run", id: "c", request: ask });
  const { run_id } = await channel.find(({ type }) => type === "accepted");
  return async () => {
    await channel.closed;
    const events = channel.frames.filter(({ seq }) => seq !== undefined);
    const messages = events.map(({ id: _, run_id: __, seq, ...event }) => ({ seq: Number(seq), event }) as RunMessage);
    return { runId: String(run_id), messages };
  };
}

/** What the restarted server tells must fit what was seen before, event for event. */
async function assertWhole(origin: string, { runId, messages }: Seen): Promise<void> {
  const address = `${origin}/backend-api/v2/runs/${runId}`;
  const response = await fetch(address);
  const info: RunInfo = await response.json();
  if (info.state === "finished") throw new Error("the answer was over before the server was killed");
  expect(info).toMatchObject({ run_id: runId, state: "interrupted", reason: "error", resumable: true });
  const journalled = readRun(await (await fetch(`${address}/events`)).text(), runId);
  // The last two say that it was interrupted.
  const kept = journalled.slice(0, -2);
  expect(journalled.slice(-2).map(({ event }) => event.type)).toEqual(["error", "finish"]);
  expect(journalled.at(-1)?.seq).toBe(info.sequence);
  expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, index) => index + 1));
  // Whatever anybody has seen is there.
  expect(kept.slice(0, messages.length)).toEqual(messages);
  expect(whole.startsWith(textOfRun(kept))).toBe(true);

  const last = messages.at(-1)?.seq ?? 0;
  const rest = readRun(await (await fetch(`${address}/events?after=${last}`)).text(), runId);
  expect([...messages, ...rest]).toEqual(journalled);
}

test(`killed ${kills} times in the middle of answers, the server has all that anybody has seen of them, and tells where they end`, async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-killed-"));
  using upstream = openUpstream(() => [...steps, "hang"]);
  await Bun.write(join(cwd, "parley.yaml"), providerYaml({ name: "Work", origin: upstream.origin }));
  const start = (): Promise<RunningServer> => startServer(fromSource, { cwd, args: ["--config", "parley.yaml"] });
  let server = await start();
  let journalledEvents = 0;
  for (let kill = 0; kill < kills; kill++) {
    const { origin } = server;
    const watched = await Promise.all([watch(origin, false), watch(origin, true), watchSocket(origin)]);
    await Bun.sleep(Math.random() * 400);
    server.child.kill("SIGKILL");
    await server.child.exited;
    const seen = await Promise.all(watched.map((reading) => reading()));
    server = await start();
    for (const each of seen) await assertWhole(server.origin, each);
    const list: RunInfo[] = await (await fetch(`${server.origin}/backend-api/v2/runs?limit=${streams}`)).json();
    journalledEvents += list.reduce((sum, { sequence }) => sum + sequence, 0);
  }
  // Had the journal been empty, all of this would have held as well.
  expect(journalledEvents / (kills * streams)).toBeGreaterThan(20);
  await server[Symbol.asyncDispose]();
  rmSync(cwd, { recursive: true, force: true });
}, 300_000);
