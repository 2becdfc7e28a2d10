import { describe, expect, test } from "bun:test";
import { createClient, type ParleyError, type WebSocketConstructor } from "../../client/index.ts";
import { collect, failureOf, hangingAnswer, question, slowAnswer, withClient } from "../support/client.ts";
import { assertRun, readEvents, textOf } from "../support/events.ts";
import { openaiText } from "../support/scripted-upstream.ts";
import { makeKey } from "../support/keys.ts";
import { until } from "../support/until.ts";

describe("answers over one channel", () => {
  test("come whole, however many at once, over one socket", () =>
    withClient(
      () => openaiText(..."abcdefgh"),
      {},
      async ({ client, proxy }) => {
        using channel = client.channel();
        const answers = Array.from({ length: 50 }, () => channel.chat(question));
        for (const events of await Promise.all(answers.map(collect))) {
          assertRun(events);
          expect(textOf(events)).toBe("abcdefgh");
        }
        const ids = await Promise.all(answers.map(({ runId }) => runId));
        expect(new Set(ids).size).toBe(50);
        expect(proxy.requests).toHaveLength(1);
        expect(await answers[0]!.text()).toBe("abcdefgh");
        expect(await answers[0]!.usage()).toMatchObject({ type: "usage" });
        expect(await channel.ping()).toBeGreaterThan(0);
        expect(channel.state).toBe("open");
      },
    ));

  test("are asked for when they are read, or their id is, and not before", () =>
    withClient(
      () => openaiText("Hello"),
      {},
      async ({ client, upstream }) => {
        using channel = client.channel();
        const [unread, named] = [channel.chat(question), channel.chat(question)];
        expect(await named.runId).toStartWith("run_");
        expect(await named.text()).toBe("Hello");
        await unread.cancel();
        expect(await failureOf(unread.text())).toMatchObject({ code: "cancelled" });
        expect(upstream.requests).toHaveLength(1);
      },
    ));

  test("are cancelled at the vendor within a second when their loop is left, while the others go on", () =>
    withClient(
      (_, count) => (count === 1 ? hangingAnswer("Hello") : slowAnswer([..."abcdef"], 20)),
      {},
      async ({ client, upstream, app }) => {
        using channel = client.channel();
        const answer = channel.chat(question);
        let other: Promise<string> | undefined;
        for await (const event of answer) {
          if (event.type !== "content") continue;
          other = channel.chat(question).text();
          break;
        }
        const left = performance.now();
        expect((await upstream.requests[0]!.closed) - left).toBeLessThan(1000);
        expect(await other).toBe("abcdef");
        const path = `/backend-api/v2/runs/${await answer.runId}`;
        let state = "running";
        await until(async () => (state = (await (await app.get(path)).json()).state) !== "running");
        expect(state).toBe("cancelled");
      },
    ));

  test("show their last events after cancel(), and end at once where a signal aborts", () =>
    withClient(
      () => hangingAnswer("Hello"),
      {},
      async ({ client, upstream }) => {
        using channel = client.channel();
        const answer = channel.chat(question);
        const types: string[] = [];
        for await (const { type } of answer) {
          types.push(type);
          if (type === "content") await answer.cancel();
        }
        expect(types.at(-1)).toBe("finish");
        expect(await failureOf(answer.text())).toMatchObject({ code: "cancelled" });

        const controller = new AbortController();
        const aborted = channel.chat(question, { signal: controller.signal });
        const text = failureOf(aborted.text());
        await aborted.runId;
        await until(() => upstream.requests.length === 2);
        controller.abort("enough");
        expect(await text).toMatchObject({ code: "cancelled", cause: "enough" });
        await upstream.requests[1]!.closed;
        expect(await failureOf(channel.chat(question, { signal: controller.signal }).text())).toMatchObject({
          code: "cancelled",
        });
      },
    ));

  test("are refused as over HTTP, and nobody else hears of it", () =>
    withClient(
      () => openaiText("Hello"),
      {},
      async ({ client }) => {
        using channel = client.channel();
        const circular: Record<string, unknown> = {};
        circular["self"] = circular;
        const wrong: [object, object][] = [
          [{ ...question, provider: "Nobody" }, { code: "provider_not_found" }],
          [{ ...question, messages: "Hello" }, { code: "invalid_request" }],
          [{ ...question, chat_id: "../etc" }, { code: "invalid_request" }],
          [{ ...question, messages: [{ role: "user", content: "é".repeat(600_000) }] }, { code: "body_too_large" }],
          [{ ...question, conversation: circular }, { name: "TypeError" }],
          [{ ...question, seed: 1n }, { name: "TypeError" }],
        ];
        for (const [request, expected] of wrong)
          expect(await failureOf(channel.chat(request as typeof question).text())).toMatchObject(expected);
        const gone = channel.attach("run_nobody");
        expect(await failureOf(collect(gone))).toMatchObject({ code: "not_found" });
        expect(await failureOf(channel.attach("run_nobody", { after: -1 }).text())).toMatchObject({
          code: "invalid_request",
        });
        expect(await channel.chat(question).text()).toBe("Hello");
      },
    ));

  test("are joined where they are, and left without being stopped", () =>
    withClient(
      () => slowAnswer([..."abcdefghij"], 30),
      {},
      async ({ client, app }) => {
        using channel = client.channel();
        using other = client.channel();
        const answer = channel.chat(question);
        const whole = collect(answer);
        const runId = await answer.runId;
        for await (const event of other.attach(runId)) if (event.type === "content") break;
        const rest = other.attach(runId, { after: 3 });
        expect(await rest.runId).toBe(runId);
        const events = await whole;
        expect(textOf(events)).toBe("abcdefghij");
        expect(await collect(rest)).toEqual(events.slice(3));
        expect(await readEvents(await app.get(`/backend-api/v2/runs/${runId}/events`))).toEqual(events);
      },
    ));
});

describe("a channel that is closed", () => {
  test.each(["on a socket on which nothing passes", "between two sockets"])(
    "%s leaves nobody waiting for the id of an answer that was never accepted",
    (place) =>
      withClient(
        () => [],
        {},
        async ({ client, proxy }) => {
          const channel = client.channel();
          await channel.ping();
          proxy.hold();
          const failure = failureOf(channel.chat(question).runId);
          if (place === "between two sockets") {
            proxy.moveTo(undefined);
            proxy.breakAll();
            while (channel.state === "open") await Bun.sleep(5);
          }
          await channel.close();
          expect(await failure).toMatchObject({ code: "cancelled" });
        },
      ),
  );

  test("cancels what was asked for, leaves what was joined, and says so to whoever reads", () =>
    withClient(
      () => hangingAnswer("Hello"),
      {},
      async ({ client, upstream, app }) => {
        const states: string[] = [];
        const channel = client.channel({ onState: (state) => states.push(state) });
        const elsewhere = client.channel();
        const asked = channel.chat(question);
        const theirs = elsewhere.chat(question);
        await Promise.all([asked.runId, theirs.runId]);
        const joined = channel.attach(await theirs.runId);
        const reading = [asked, joined].map((answer) => failureOf(answer.text()));
        await joined.runId;
        await channel.ping();
        const closed = channel.close();
        expect(channel.state).toBe("closed");
        for (const each of await Promise.all(reading)) expect(each).toMatchObject({ code: "cancelled" });
        expect(await failureOf(channel.chat(question).text())).toMatchObject({ code: "cancelled" });
        expect(await failureOf(channel.ping())).toMatchObject({ code: "cancelled" });
        expect(await failureOf(channel.join("chat").entered)).toMatchObject({ code: "cancelled" });
        await closed;
        const stateOf = async (runId: string) =>
          ((await (await app.get(`/backend-api/v2/runs/${runId}`)).json()) as { state: string }).state;
        expect(await stateOf(await asked.runId)).toBe("cancelled");
        expect(await stateOf(await theirs.runId)).toBe("running");
        expect(states).toEqual(["open", "closed"]);
        await elsewhere.close();
        for (const { closed } of upstream.requests) await closed;
      },
    ));

  test("while it is still connecting, asks for nothing", () =>
    withClient(
      () => openaiText("Hello"),
      {},
      async ({ client, upstream }) => {
        let text: Promise<unknown>;
        {
          await using channel = client.channel();
          text = failureOf(channel.chat(question).text());
          expect(channel.state).toBe("connecting");
        }
        expect(await text).toMatchObject({ code: "cancelled" });
        const channel = client.channel({ signal: AbortSignal.abort() });
        expect(channel.state).toBe("closed");
        expect(upstream.requests).toHaveLength(0);
      },
    ));
});

test("a channel that is closed leaves no request behind, which would keep a program from ending", async () => {
  const asked = Promise.withResolvers<Request>();
  using server = Bun.serve({
    port: 0,
    idleTimeout: 0,
    fetch(request) {
      if (request.headers.has("upgrade")) return new Response(null, { status: 400 });
      asked.resolve(request);
      return new Promise<Response>(() => {});
    },
  });
  const channel = createClient(server.url.origin).channel();
  const { signal } = await asked.promise;
  const gone = new Promise((resolve) => signal.addEventListener("abort", resolve));
  await channel.close();
  await gone;
});

describe("a channel that is refused", () => {
  const flags = { access_key: "a-secret/key=(1)" };

  test("says why, as the server words it, and is closed for good", () =>
    withClient(
      () => [],
      { app: { flags }, key: "another" },
      async ({ client, proxy }) => {
        const ended = Promise.withResolvers<[string, ParleyError | undefined]>();
        const channel = client.channel({
          onState: (state, why) => state === "closed" && ended.resolve([state, why]),
        });
        const why = { code: "access_denied", status: 401 };
        expect(await failureOf(channel.chat(question).text())).toMatchObject(why);
        expect(await ended.promise).toMatchObject(["closed", why]);
        const asked = proxy.requests.length;
        await Bun.sleep(300);
        expect(proxy.requests.length).toBe(asked);
        expect(await failureOf(channel.ping())).toMatchObject(why);
      },
    ));

  test("is not, where the key holds what a subprotocol cannot", () =>
    withClient(
      () => openaiText("Hello"),
      { app: { flags }, key: flags.access_key },
      async ({ client }) => {
        using channel = client.channel();
        expect(await channel.chat(question).text()).toBe("Hello");
      },
    ));

  test("once its key is revoked; unless there is another by then", async () => {
    let key = "";
    await withClient(
      () => openaiText("Hello"),
      { app: { flags }, key: () => key },
      async ({ client, app }) => {
        const [first, second] = [await makeKey(app, "ann"), await makeKey(app, "ann")];
        key = first.key;
        const states: string[] = [];
        using channel = client.channel({ onState: (state) => states.push(state) });
        expect(await channel.chat(question).text()).toBe("Hello");
        await app.services.store.accessKeys.revoke(first.id, Date.now());
        key = second.key;
        expect(await channel.chat(question).text()).toBe("Hello");
        expect(states).toEqual(["open", "reconnecting", "open"]);
        await app.services.store.accessKeys.revoke(second.id, Date.now());
        expect(await failureOf(channel.chat(question).text())).toMatchObject({ code: "access_denied", status: 401 });
        expect(channel.state).toBe("closed");
      },
    );
  });

  test("where there is no WebSocket, by name of what is missing; another one is taken", () =>
    withClient(
      () => openaiText("Hello"),
      {},
      async ({ client, app }) => {
        const own = globalThis.WebSocket;
        try {
          Reflect.deleteProperty(globalThis, "WebSocket");
          expect(() => client.channel()).toThrow(/createClient\(origin, \{ WebSocket \}\)/);
          const { createClient } = await import("../../client/index.ts");
          using channel = createClient(app.origin, { WebSocket: own satisfies WebSocketConstructor }).channel();
          expect(await channel.chat(question).text()).toBe("Hello");
        } finally {
          globalThis.WebSocket = own;
        }
      },
    ));
});
