import { describe, expect, test } from "bun:test";
import type { Answer } from "../../client/index.ts";
import type { RunInfo } from "../../src/protocol/runs.ts";
import { type ClientParts, collect, failureOf, hangingAnswer, question, withClient } from "../support/client.ts";
import { textOf } from "../support/events.ts";
import { openaiText } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const withHanging = (use: (parts: ClientParts) => Promise<void>) => withClient(() => hangingAnswer("Hello"), {}, use);

/** That the vendor's work has stopped within a second, and the run is over and says so. */
async function expectCancelled({ upstream, app }: ClientParts, answer: Answer, since: number): Promise<void> {
  expect((await upstream.requests[0]!.closed) - since).toBeLessThan(1000);
  const path = `/backend-api/v2/runs/${await answer.runId}`;
  let info: RunInfo | undefined;
  await until(async () => (info = (await (await app.get(path)).json()) as RunInfo).state !== "running");
  expect(info).toMatchObject({ state: "cancelled", reason: "cancelled" });
}

/** Reads until the answer has begun; what comes next never comes. */
async function readToContent(answer: Answer): Promise<void> {
  for (const events = answer[Symbol.asyncIterator](); ;) {
    const { value } = await events.next();
    if (value?.type === "content") return;
  }
}

async function returnFrom(answer: Answer): Promise<string> {
  for await (const event of answer) if (event.type === "content") return event.content;
  return "";
}

describe("a run is cancelled at once", () => {
  test("by break", () =>
    withHanging(async (parts) => {
      const answer = parts.client.chat(question);
      for await (const event of answer) if (event.type === "content") break;
      await expectCancelled(parts, answer, performance.now());
      // It stays left, and half a text is not given for a whole one.
      expect(await collect(answer)).toEqual([]);
      expect(await failureOf(answer.text())).toMatchObject({ code: "cancelled" });
    }));

  test("by a return out of the loop", () =>
    withHanging(async (parts) => {
      const answer = parts.client.chat(question);
      expect(await returnFrom(answer)).toBe("Hello");
      await expectCancelled(parts, answer, performance.now());
    }));

  test("by a throw in the loop, which arrives", () =>
    withHanging(async (parts) => {
      const answer = parts.client.chat(question);
      const mine = new Error("mine");
      const reading = (async () => {
        for await (const event of answer) if (event.type === "content") throw mine;
      })();
      expect(await failureOf(reading)).toBe(mine);
      await expectCancelled(parts, answer, performance.now());
    }));

  test("by its signal, while an event is waited for: whoever waits is thrown cancelled, with the reason", () =>
    withHanging(async (parts) => {
      const controller = new AbortController();
      const answer = parts.client.chat(question, { signal: controller.signal });
      await readToContent(answer);
      const waiting = failureOf(answer.text());
      const reason = new Error("enough");
      const since = performance.now();
      controller.abort(reason);
      expect(await waiting).toMatchObject({ code: "cancelled", cause: reason, isRetryable: false });
      await expectCancelled(parts, answer, since);
    }));

  test("by the return of an iterator whose next event is waited for", () =>
    withHanging(async (parts) => {
      const answer = parts.client.chat(question);
      await readToContent(answer);
      const events = answer[Symbol.asyncIterator]();
      const waiting = failureOf(events.next());
      const since = performance.now();
      expect(await events.return?.()).toEqual({ done: true, value: undefined });
      expect(await waiting).toMatchObject({ code: "cancelled" });
      await expectCancelled(parts, answer, since);
    }));

  test("by cancel, whose last events still come", () =>
    withHanging(async (parts) => {
      const answer = parts.client.chat(question);
      await readToContent(answer);
      const since = performance.now();
      const [events] = await Promise.all([collect(answer), answer.cancel()]);
      expect(events.at(-1)).toEqual({ type: "finish", finish: { reason: "cancelled" } });
      expect(await failureOf(answer.text())).toMatchObject({ code: "cancelled" });
      expect(await answer.usage()).toMatchObject({ type: "usage" });
      await expectCancelled(parts, answer, since);
      // Once more is no mistake.
      await answer.cancel();
    }));

  test("while its connection is lost, once the server is back", () =>
    withHanging(async (parts) => {
      const { client, proxy, app } = parts;
      const answer = client.chat(question);
      await readToContent(answer);
      proxy.moveTo(undefined);
      proxy.breakAll();
      setTimeout(() => proxy.moveTo(app.origin), 300);
      const since = performance.now();
      await answer[Symbol.asyncIterator]().return?.();
      expect(performance.now() - since).toBeLessThan(2000);
      await expectCancelled(parts, answer, since + 300);
    }));
});

describe("an answer that is given up", () => {
  test("before it is read is never asked for", () =>
    withHanging(async ({ client, proxy }) => {
      const aborted = client.chat(question, { signal: AbortSignal.abort("too late") });
      expect(await failureOf(collect(aborted))).toMatchObject({ code: "cancelled", cause: "too late" });
      const called = client.chat(question);
      await called.cancel();
      expect(await failureOf(called.text())).toMatchObject({ code: "cancelled" });
      expect(await failureOf(called.runId)).toMatchObject({ code: "cancelled" });
      const left = client.chat(question);
      await left[Symbol.asyncIterator]().return?.();
      expect(await collect(left)).toEqual([]);
      expect(proxy.requests).toEqual([]);
    }));

  test("as it is asked for leaves no run behind", () =>
    withHanging(async ({ client, app, upstream }) => {
      for (const waitMs of [0, 1, 5, 20]) {
        const controller = new AbortController();
        const asking = failureOf(client.chat(question, { signal: controller.signal }).text());
        await Bun.sleep(waitMs);
        controller.abort();
        expect(await asking).toMatchObject({ code: "cancelled" });
      }
      let states: string[] = [];
      await until(async () => {
        const runs = (await (await app.get("/backend-api/v2/runs")).json()) as RunInfo[];
        states = runs.map(({ state }) => state);
        return !states.includes("running");
      });
      expect(states.filter((state) => state !== "cancelled")).toEqual([]);
      await Promise.all(upstream.requests.map(({ closed }) => closed));
    }));

  test("after its end is not cancelled any more", () =>
    withClient(
      () => openaiText("Hello"),
      {},
      async ({ client, proxy, app }) => {
        const answer = client.chat(question);
        for await (const event of answer) if (event.type === "finish") break;
        await answer.cancel();
        expect(proxy.requests).toHaveLength(1);
        expect(await answer.text()).toBe("Hello");
        expect(await (await app.get(`/backend-api/v2/runs/${await answer.runId}`)).json()).toMatchObject({
          state: "finished",
        });
      },
    ));
});

test("a reader that stands still holds the answer back, and misses nothing", () => {
  const piece = "x".repeat(16 * 1024);
  const count = 2000;
  return withClient(
    () => openaiText(...Array.from({ length: count }, () => piece)),
    {},
    async ({ client, proxy }) => {
      const events = client.chat(question, { silenceMs: 1_000 })[Symbol.asyncIterator]();
      const first = await events.next();
      let passed = -1;
      while (proxy.passed !== passed) {
        passed = proxy.passed;
        await Bun.sleep(1_200);
      }
      // What the sockets and the runtime take in without being asked; measured: 5 MB of 32.
      expect(passed).toBeLessThan((count * piece.length) / 2);
      const rest = await collect({ [Symbol.asyncIterator]: () => events });
      expect(first.value).toMatchObject({ type: "provider" });
      expect(textOf(rest)).toBe(piece.repeat(count));
      expect(proxy.requests).toHaveLength(1);
    },
  );
});
