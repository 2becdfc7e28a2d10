import { expect, test } from "bun:test";
import { openApp, providerYaml } from "../support/app.ts";
import { openChannel } from "../support/channel.ts";
import { readRun, type RunMessage, textOfRun } from "../support/events.ts";
import { chunked, lastChunk, openUpstream, type Step, toChunk } from "../support/scripted-upstream.ts";

const pieces = Array.from({ length: 600 }, (_, index) => `${index} `);
const delta = (delta: unknown, finish_reason: string | null = null) =>
  toChunk(`data: ${JSON.stringify({ model: "m", choices: [{ delta, finish_reason }] })}\n\n`);
const steps: readonly Step[] = [
  ...chunked([]),
  ...pieces.flatMap((content): Step[] => [delta({ content }), { waitMs: 2 }]),
  delta({}, "stop"),
  lastChunk,
];

/** Watches a run with breaks, each time from where it left, and gives all that it saw. */
type Watch = (origin: string, runId: string) => Promise<RunMessage[]>;

const isLast = ({ event }: RunMessage) => event.type === "finish";
const restMs = () => Bun.sleep(Math.random() * 100);

const watchStream: Watch = async (origin, runId) => {
  const seen: RunMessage[] = [];
  while (!seen.some(isLast)) {
    await restMs();
    const after = seen.at(-1)?.seq ?? 0;
    const controller = new AbortController();
    const isWhole = Math.random() < 0.2;
    if (!isWhole) setTimeout(() => controller.abort(), Math.random() * 300);
    let text = "";
    try {
      const response = await fetch(`${origin}/backend-api/v2/runs/${runId}/events?after=${after}`, controller);
      for await (const bytes of response.body!) text += Buffer.from(bytes).toString();
    } catch {
      // We left.
    }
    seen.push(...readRun(text, runId));
  }
  return seen;
};

const watchSocket: Watch = async (origin, runId) => {
  const seen: RunMessage[] = [];
  for (let round = 0; !seen.some(isLast); round++) {
    await restMs();
    using channel = await openChannel(origin);
    const id = `c${round}`;
    channel.send({ op: "attach", id, run_id: runId, after: seen.at(-1)?.seq ?? 0 });
    const over = channel.find(({ type }) => type === "detached").catch(() => undefined);
    await Promise.race([over, Bun.sleep(Math.random() < 0.2 ? 60_000 : Math.random() * 300)]);
    if (Math.random() < 0.5) {
      channel.send({ op: "detach", id });
      await over;
    }
    const events = channel.frames.filter(({ seq }) => seq !== undefined);
    seen.push(...events.map(({ id: _, run_id: __, seq, ...event }) => ({ seq, event }) as unknown as RunMessage));
  }
  return seen;
};

test("fifty sockets and fifty streams that come and go see the same answer, event for event", async () => {
  using upstream = openUpstream(() => steps);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const response = await app.post({
    messages: [{ role: "user", content: "Count" }],
    model: "m",
    provider: "Work",
    resumable: true,
  });
  const runId = response.headers.get("x-run-id") ?? "";
  const watching = Array.from({ length: 100 }, (_, index) =>
    (index % 2 === 0 ? watchSocket : watchStream)(app.origin, runId),
  );
  const whole = readRun(await response.text(), runId);
  expect(textOfRun(whole)).toBe(pieces.join(""));
  expect(whole.map(({ seq }) => seq)).toEqual(whole.map((_, index) => index + 1));
  for (const seen of await Promise.all(watching)) expect(seen).toEqual(whole);
  expect(upstream.requests).toHaveLength(1);
  expect(app.trouble).toEqual([]);
});
