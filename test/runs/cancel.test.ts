import { expect, test } from "bun:test";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { chunked, openUpstream, type Step, toChunk } from "../support/scripted-upstream.ts";

const ask = { messages: [{ role: "user", content: "Hello" }], model: "m", provider: "Work" };
const piece = `data: {"model":"m","choices":[{"delta":{"content":"Hello "}}]}\n\n`;

/** 180 MB of answer, as fast as it is taken. */
const big = toChunk(piece.replace("Hello ", "x".repeat(60_000)));
const flood: readonly Step[] = [...chunked([]), ...Array.from({ length: 3000 }, () => big)];

async function usageRow(app: TestApp, runId: string) {
  for (;;) {
    const row = await app.services.store.usage.find(runId);
    if (row) return row;
    await Bun.sleep(5);
  }
}

/** Starts an answer, leaves once `pieces` of it have come, and says how long the upstream then was kept. */
async function leaveAfter(
  steps: readonly Step[],
  pieces: number,
  leave: (controller: AbortController, reader: ReadableStreamDefaultReader) => void,
) {
  using upstream = openUpstream(() => steps);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const controller = new AbortController();
  const response = await app.post(ask, { signal: controller.signal });
  const runId = response.headers.get("x-run-id") ?? "";
  const reader = response.body!.getReader();
  for (let text = ""; text.split("event: content").length <= pieces;)
    text += new TextDecoder().decode((await reader.read()).value);
  while (upstream.requests.length === 0) await Bun.sleep(1);
  const left = performance.now();
  leave(controller, reader);
  const closed = await upstream.requests[0]!.closed;
  return { keptMs: closed - left, row: await usageRow(app, runId), logged: app.logged };
}

const abort = (controller: AbortController) => controller.abort();

test("a client that leaves mid-stream: the upstream is let go within 100 ms, and usage is recorded", async () => {
  const flowing = Array.from({ length: 200 }, (): Step[] => [toChunk(piece), { waitMs: 10 }]).flat();
  const { keptMs, row, logged } = await leaveAfter([...chunked([]), ...flowing], 3, abort);
  expect(keptMs).toBeLessThan(100);
  expect(row).toMatchObject({ outcome: "cancelled", error: null, provider: "Work", model: "m", owner: "local" });
  expect(row.completion_tokens).toBeGreaterThan(0);
  expect(JSON.parse(row.details)).toEqual({ estimated: true });
  expect(logged).toEqual([]);
});

test("a client that leaves a silent upstream", async () => {
  const { keptMs, row } = await leaveAfter([...chunked([piece]), "hang"], 1, abort);
  expect(keptMs).toBeLessThan(100);
  expect(row.outcome).toBe("cancelled");
});

test("a client that leaves before the upstream has sent its head", async () => {
  const { keptMs, row } = await leaveAfter(["hang"], 0, abort);
  expect(keptMs).toBeLessThan(100);
  expect(row).toMatchObject({ outcome: "cancelled", prompt_tokens: 0, completion_tokens: 0 });
});

test("a reader that cancels its body", async () => {
  const { keptMs, row } = await leaveAfter([...chunked([piece]), "hang"], 1, (_, reader) => void reader.cancel());
  expect(keptMs).toBeLessThan(100);
  expect(row.outcome).toBe("cancelled");
});

test("a reader that stops reading holds the upstream back, and is not taken for silence", async () => {
  using upstream = openUpstream(() => flood);
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    flags: { silence_timeout: "0.5" },
  });
  const response = await app.post(ask);
  const reader = response.body!.getReader();
  await reader.read();
  await Bun.sleep(1500);
  const heldBack = upstream.requests[0]!.sentBytes;
  // Of 180 MB: what three sockets' buffers hold, those of the system counted.
  expect(heldBack).toBeLessThan(60_000_000);
  let received = 0;
  for (let done = false; !done && received < heldBack + 20_000_000;) {
    const read = await reader.read();
    done = read.done;
    received += read.value?.byteLength ?? 0;
  }
  expect(received).toBeGreaterThanOrEqual(heldBack + 20_000_000);
  await reader.cancel();
});

test("a reader that stops reading keeps its place no longer than an answer may take, nor the server from stopping", async () => {
  using upstream = openUpstream(() => flood);
  await using app = await openApp({
    yaml: providerYaml({ name: "Work", origin: upstream.origin }),
    flags: { max_runs: "1", run_timeout: "0.5", drain_timeout: "0.2" },
  });
  const stalled = await app.post(ask);
  expect((await app.post(ask)).status).toBe(429);
  await Bun.sleep(3000);
  expect(await usageRow(app, stalled.headers.get("x-run-id") ?? "")).toMatchObject({ provider: "Work", model: "m" });
  const another = await app.post(ask);
  expect(another.status).toBe(200);
  const began = performance.now();
  await app.services.runs.drain(200);
  expect(performance.now() - began).toBeLessThan(5000);
  expect(await usageRow(app, another.headers.get("x-run-id") ?? "")).toMatchObject({ outcome: "error" });
});

test("a run that ends writes its row before it shows its finish", async () => {
  await using app = await openApp();
  const response = await app.post({ messages: [{ role: "user", content: "2 + 3" }] });
  const runId = response.headers.get("x-run-id") ?? "";
  for await (const bytes of response.body!) {
    if (!Buffer.from(bytes).toString().includes("event: finish")) continue;
    expect(await app.services.store.usage.find(runId)).toMatchObject({
      outcome: "stop",
      provider: "Builtin",
      model: "help",
    });
  }
});

test("the server stops: a started answer ends whole, a new one is refused, the rest is cut short at the limit", async () => {
  const { promise: stopping, resolve: goOn } = Promise.withResolvers<void>();
  const steps = [...chunked([piece]), { until: stopping }, toChunk("data: [DONE]\n\n"), "0\r\n\r\n"];
  using upstream = openUpstream((_, count) => (count === 1 ? steps : [...chunked([piece]), "hang"]));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const whole = await app.post(ask);
  while (upstream.requests.length === 0) await Bun.sleep(1);
  const endless = await app.post(ask);
  const drained = app.services.runs.drain(600);
  const refused = await app.post(ask);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("5");
  goOn();
  expect(await whole.text()).toContain('{"reason":"stop"}');
  const cut = await endless.text();
  expect(cut).toContain("the server stopped in the middle of this answer; ask again");
  expect(cut).toContain('{"reason":"error"}');
  await drained;
});
