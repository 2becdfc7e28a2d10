import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChannelState, createClient } from "../../client/index.ts";
import { openApp, providerYaml } from "../support/app.ts";
import { fromSource, startServer } from "../support/command.ts";
import { openCuttingProxy } from "../support/cutting-proxy.ts";
import { collect, failureOf, hangingAnswer, question, slowAnswer, withClient } from "../support/client.ts";
import { assertRun, readEvents, textOf } from "../support/events.ts";
import { createRandom } from "../support/random.ts";
import { openaiText, openUpstream } from "../support/scripted-upstream.ts";

const draw = createRandom(11);
/** Of the handshake's answer, and what `accepted` takes. */
const headBytes = 600;

describe("a channel whose socket breaks", () => {
  const words = Array.from({ length: 200 }, (_, index) => `${index} Grüße 👋🏽 日本 `);
  /** Where a socket is cut, or the question why there is none. */
  const placeOf = (count: number) => ({ bytes: Math.ceil(draw() * (count % 5 === 0 ? headBytes : 1800)) });

  test("20 times at any byte gives each event once and in order, of each of its answers, and asks no vendor twice", () => {
    let left = () => 20;
    return withClient(
      (_, count) => slowAnswer(words, 8 + count),
      { cut: (count) => (left() > 0 ? placeOf(count) : undefined) },
      async ({ client, proxy, app, upstream }) => {
        left = () => 20 - proxy.cuts;
        using channel = client.channel();
        const answers = [channel.chat(question), channel.chat(question)];
        for (const [index, events] of (await Promise.all(answers.map(collect))).entries()) {
          assertRun(events);
          expect(textOf(events)).toBe(words.join(""));
          const kept = await app.get(`/backend-api/v2/runs/${await answers[index]!.runId}/events`);
          expect(events).toEqual(await readEvents(kept));
        }
        expect(proxy.cuts).toBe(20);
        expect(upstream.requests).toHaveLength(2);
      },
    );
  });

  test("without a word, before it has heard that its question was accepted, finds the run that there is", () =>
    withClient(
      () => slowAnswer([..."abc"], 100),
      {},
      async ({ client, proxy, upstream }) => {
        const states: ChannelState[] = [];
        using channel = client.channel({ silenceMs: 900, onState: (state) => states.push(state) });
        await channel.ping();
        // What goes up still arrives.
        proxy.hold();
        expect(await channel.chat(question).text()).toBe("abc");
        expect(upstream.requests).toHaveLength(1);
        expect(states).toEqual(["open", "reconnecting", "open"]);
      },
    ));

  test("stays open while it is silent", () =>
    withClient(
      () => [],
      {},
      async ({ client, proxy }) => {
        using channel = client.channel({ silenceMs: 600 });
        await channel.ping();
        await Bun.sleep(3_000);
        expect(channel.state).toBe("open");
        expect(proxy.requests).toHaveLength(1);
      },
    ));

  test("says once more that an answer is to be cancelled", () =>
    withClient(
      () => hangingAnswer("Hello"),
      {},
      async ({ client, proxy, app, upstream }) => {
        using channel = client.channel();
        const answer = channel.chat(question);
        for await (const event of answer) {
          if (event.type !== "content") continue;
          proxy.moveTo(undefined);
          proxy.breakAll();
          break;
        }
        while (channel.state === "open") await Bun.sleep(5);
        proxy.moveTo(app.origin);
        await upstream.requests[0]!.closed;
      },
    ));

  test("ends an answer that is not to outlive it, and says so", () =>
    withClient(
      (_, count) => (count === 1 ? hangingAnswer("Hello") : openaiText("Hello")),
      {},
      async ({ client, proxy, upstream }) => {
        using channel = client.channel();
        const reading = (async () => {
          for await (const event of channel.chat({ ...question, resumable: false }))
            if (event.type === "content") proxy.breakAll();
        })();
        expect(await failureOf(reading)).toMatchObject({ code: "connection_failed" });
        await upstream.requests[0]!.closed;
        expect(await channel.chat({ ...question, resumable: false }).text()).toBe("Hello");
      },
    ));
});

describe("a channel whose server", () => {
  test("is killed and started again gives what was written down, how that ended, and goes on with the next question", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "parley-channel-"));
    using upstream = openUpstream((_, count) => (count === 1 ? hangingAnswer("half") : openaiText("whole")));
    await Bun.write(join(cwd, "config/parley/parley.yaml"), providerYaml({ name: "Work", origin: upstream.origin }));
    try {
      await using servers = new AsyncDisposableStack();
      const first = servers.use(await startServer(fromSource, { cwd }));
      await using proxy = await openCuttingProxy(first.origin, () => undefined);
      using channel = createClient(proxy.origin).channel();
      const types: string[] = [];
      for await (const event of channel.chat(question)) {
        types.push(event.type);
        if (event.type !== "content") continue;
        await first[Symbol.asyncDispose]();
        const second = servers.use(await startServer(fromSource, { cwd }));
        proxy.moveTo(second.origin);
      }
      expect(types).toEqual(["provider", "parameters", "content", "error", "finish"]);
      expect(await channel.chat(question).text()).toBe("whole");
      expect(upstream.requests).toHaveLength(2);
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }, 20_000);

  test("is stopping is asked again once there is another", () =>
    withClient(
      () => slowAnswer([..."abcdef"], 50),
      { app: { flags: { drain_timeout: "20" } } },
      async ({ client, proxy, app, upstream }) => {
        using channel = client.channel();
        const first = channel.chat(question);
        await first.runId;
        await using other = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
        const stopped = app[Symbol.asyncDispose]();
        proxy.moveTo(other.origin);
        const second = channel.chat(question);
        expect(await first.text()).toBe("abcdef");
        expect(await second.text()).toBe("abcdef");
        await stopped;
      },
    ));

  test("cannot be reached ends what waits, and nothing else", async () => {
    await using app = await openApp();
    const { origin } = app;
    await app[Symbol.asyncDispose]();
    using channel = createClient(origin).channel({ giveUpAfterMs: 300 });
    const room = channel.join("chat");
    const failures = [channel.chat(question).text(), channel.ping(), room.entered].map(failureOf);
    for (const each of await Promise.all(failures)) expect(each).toMatchObject({ code: "connection_failed" });
    expect(channel.state).toBe("connecting");
  });
});
