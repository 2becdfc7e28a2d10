import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "../../client/index.ts";
import { providerYaml } from "../support/app.ts";
import { collect, contentPiece, failureOf, question, slowAnswer, withClient } from "../support/client.ts";
import { fromSource, startServer } from "../support/command.ts";
import { openCuttingProxy } from "../support/cutting-proxy.ts";
import { assertRun, textOf } from "../support/events.ts";
import { chunked, openaiText, openUpstream } from "../support/scripted-upstream.ts";

test("a question whose answer is lost before its first byte is asked once more, and finds the answer that there is", () =>
  withClient(
    () => slowAnswer(["a", "b", "c"], 10),
    { cut: (count) => (count === 1 ? { bytes: 0 } : undefined) },
    async ({ client, proxy, upstream }) => {
      const answer = client.chat(question);
      const events = await collect(answer);
      assertRun(events);
      expect(textOf(events)).toBe("abc");
      const conversation = "POST /backend-api/v2/conversation";
      expect(proxy.requests).toEqual([conversation, conversation]);
      expect(upstream.requests).toHaveLength(1);
    },
  ));

test("an answer that is lost right after its head is gone on with, of the run that the head names", () =>
  withClient(
    () => slowAnswer(["a", "b", "c"], 10),
    { cut: (count) => (count === 1 ? { messages: 1 } : undefined) },
    async ({ client, proxy, upstream }) => {
      const answer = client.chat(question);
      const runId = await answer.runId;
      expect(await answer.text()).toBe("abc");
      expect(proxy.requests[1]).toBe(`GET /backend-api/v2/runs/${runId}/events?after=0`);
      expect(upstream.requests).toHaveLength(1);
    },
  ));

test("a server that is away for a moment is waited for, before the question and in the middle of the answer", () =>
  withClient(
    () => slowAnswer([..."abcdefghij"], 30),
    {},
    async ({ client, proxy, app, upstream }) => {
      proxy.moveTo(undefined);
      setTimeout(() => proxy.moveTo(app.origin), 200);
      const answer = client.chat(question);
      const runId = await answer.runId;
      proxy.moveTo(undefined);
      proxy.breakAll();
      setTimeout(() => proxy.moveTo(app.origin), 200);
      const events = await collect(answer);
      assertRun(events);
      expect(textOf(events)).toBe("abcdefghij");
      expect(await answer.runId).toBe(runId);
      expect(upstream.requests).toHaveLength(1);
    },
  ));

test("an answer whose server is killed and started again ends as interrupted, with all that was shown before", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-client-"));
  using upstream = openUpstream(() => [...chunked([]), contentPiece("half an "), contentPiece("answer"), "hang"]);
  await Bun.write(join(cwd, "config/parley/parley.yaml"), providerYaml({ name: "Work", origin: upstream.origin }));
  try {
    await using servers = new AsyncDisposableStack();
    const first = servers.use(await startServer(fromSource, { cwd }));
    await using proxy = await openCuttingProxy(first.origin, () => undefined);
    const types: string[] = [];
    const answer = createClient(proxy.origin).chat(question);
    for await (const event of answer) {
      types.push(event.type);
      if (event.type !== "content" || event.content !== "answer") continue;
      proxy.moveTo(undefined);
      await first[Symbol.asyncDispose]();
      const second = servers.use(await startServer(fromSource, { cwd }));
      proxy.moveTo(second.origin);
    }
    expect(types).toEqual(["provider", "parameters", "content", "content", "error", "finish"]);
    expect(await failureOf(answer.text())).toMatchObject({ code: "run_failed", class: "ResponseError" });
    expect(upstream.requests).toHaveLength(1);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}, 20_000);

test("a connection on which nothing comes any more, and that nobody closes, is made anew", () =>
  withClient(
    () => slowAnswer([..."abcdefghij"], 30),
    {},
    async ({ client, proxy, upstream }) => {
      const answer = client.chat(question, { silenceMs: 300 });
      let text = "";
      for await (const event of answer) {
        if (event.type !== "content") continue;
        text += event.content;
        if (text === "abc") proxy.hold();
      }
      expect(text).toBe("abcdefghij");
      expect(proxy.requests.length).toBeGreaterThan(1);
      expect(upstream.requests).toHaveLength(1);
    },
  ));

test("a server that stays away is given up once no event has come for as long as one said", () =>
  withClient(
    () => slowAnswer([..."abcdefghij"], 30),
    {},
    async ({ client, proxy }) => {
      const seen: string[] = [];
      const answer = client.chat(question, { giveUpAfterMs: 400 });
      const reading = (async () => {
        for await (const event of answer) {
          seen.push(event.type);
          if (seen.length !== 3) continue;
          proxy.moveTo(undefined);
          proxy.breakAll();
        }
      })();
      const failure = await failureOf(reading);
      expect(failure).toMatchObject({ code: "connection_failed", status: 0, isRetryable: true });
      // Half a text is not given for a whole one.
      expect(await failureOf(answer.text())).toBe(failure);
      expect(seen.slice(0, 3)).toEqual(["provider", "parameters", "content"]);
    },
  ));

test("an answer that must not outlive its connection is neither asked for twice nor gone on with", () =>
  withClient(
    () => slowAnswer([..."abcdefghij"], 30),
    { cut: (count) => ({ messages: count === 1 ? 4 : 0 }) },
    async ({ client, proxy, upstream }) => {
      const ask = () => collect(client.chat({ ...question, resumable: false }));
      expect(await failureOf(ask())).toMatchObject({ code: "connection_failed" });
      expect(await failureOf(ask())).toMatchObject({ code: "connection_failed" });
      expect(proxy.requests).toHaveLength(2);
      await upstream.requests[0]!.closed;
    },
  ));

test("what may follow an answer's end is waited for, and not for long", () =>
  withClient(
    () => openaiText("Hello"),
    {},
    async ({ client, proxy }) => {
      const events = [];
      for await (const event of client.chat(question)) {
        events.push(event);
        if (event.type !== "finish") continue;
        proxy.moveTo(undefined);
        proxy.breakAll();
      }
      assertRun(events);
      expect(textOf(events)).toBe("Hello");
    },
  ));
