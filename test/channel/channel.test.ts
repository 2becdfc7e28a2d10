import { describe, expect, test } from "bun:test";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { ChannelFrame } from "../../src/protocol/channel.ts";
import type { RunEvent } from "../../src/protocol/events.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import {
  type ChannelOptions,
  channelPath,
  type Frame,
  openChannel,
  type TestChannel,
  upgrading,
} from "../support/channel.ts";
import { assertRun, textOf } from "../support/events.ts";
import { chunked, lastChunk, openaiText, openUpstream, type Step, toChunk } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const schema = TypeCompiler.Compile(ChannelFrame);
const messages = [{ role: "user" as const, content: "Hello" }];
const request = { messages, model: "m", provider: "Work" };
const piece = `data: {"model":"m","choices":[{"delta":{"content":"Hello "}}]}\n\n`;
const endless: readonly Step[] = [...chunked([piece]), "hang"];

/** The event that a frame carries, without the keys of the channel. */
function toEvent({ id: _, run_id: __, seq: ___, ...event }: Frame): RunEvent {
  return event as unknown as RunEvent;
}

function assertEvents(frames: readonly Frame[]): RunEvent[] {
  expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
  const events = frames.map(toEvent);
  assertRun(events);
  return events;
}

const withUpstream = async (
  script: readonly Step[] | ((count: number) => readonly Step[]),
  use: (app: TestApp, channel: TestChannel) => Promise<void>,
  flags: Record<string, string> = {},
) => {
  using upstream = openUpstream((_, count) => (typeof script === "function" ? script(count) : script));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }), flags });
  using channel = await openChannel(app.origin);
  await use(app, channel);
  for (const frame of channel.frames) expect([...schema.Errors(frame)], JSON.stringify(frame)).toEqual([]);
};

describe("a run over the channel", () => {
  test("is accepted first, then the very events of REST, numbered, then let go", () =>
    withUpstream(openaiText("Hello ", "there"), async (_, channel) => {
      channel.send({ op: "run", id: "c1", request });
      const events = assertEvents(await channel.events("c1"));
      expect(textOf(events)).toBe("Hello there");
      expect(channel.frames[0]).toMatchObject({ id: "c1", type: "accepted" });
      expect(channel.frames.at(-1)).toMatchObject({ id: "c1", type: "detached", run_id: channel.frames[0]?.run_id });
      expect(channel.socket.protocol).toBe("backend.v2");
    }));

  test("shares its socket with others, each whole; an id is free again once its run is over", () =>
    withUpstream(openaiText(..."abcdefgh"), async (_, channel) => {
      const ids = Array.from({ length: 20 }, (__, index) => `c${index}`);
      for (const id of ids) channel.send({ op: "run", id, request });
      for (const id of ids) expect(textOf(assertEvents(await channel.events(id)))).toBe("abcdefgh");
      channel.send({ op: "run", id: "c0", request });
      await channel.find((frame) => frame.id === "c0" && frame.type === "accepted" && frame !== channel.frames[0]);
    }));

  test("is refused for what REST would refuse", () =>
    withUpstream([], async (_, channel) => {
      const refusals: [unknown, string][] = [
        [{}, "invalid_request"],
        [null, "invalid_request"],
        ["Hello", "invalid_request"],
        [{ messages, provider: "Nobody" }, "provider_not_found"],
        [{ messages, model: "of-nobody" }, "model_not_found"],
        [{ messages, chat_id: "../etc" }, "invalid_request"],
        [{ messages, action: "continue", run_id: "run_x" }, "not_found"],
      ];
      for (const [index, [body, code]] of refusals.entries()) {
        channel.send({ op: "run", id: `c${index}`, request: body });
        const frame = await channel.find(({ id }) => id === `c${index}`);
        expect(frame).toMatchObject({ type: "refused", error: { code } });
      }
    }));

  test("is cancelled, at once, and says so; its row is written", () =>
    withUpstream(endless, async (app, channel) => {
      channel.send({ op: "run", id: "c1", request });
      const { run_id } = await channel.find(({ type }) => type === "content");
      channel.send({ op: "cancel", id: "c1" });
      const events = assertEvents(await channel.events("c1"));
      expect(events.at(-1)).toEqual({ type: "finish", finish: { reason: "cancelled" } });
      expect(await app.services.store.usage.find(String(run_id))).toMatchObject({ outcome: "cancelled" });
    }));

  test("is not taken for refused when its id is used twice at once", () =>
    withUpstream(openaiText("Hello"), async (_, channel) => {
      channel.send({ op: "run", id: "c1", request });
      channel.send({ op: "run", id: "c1", request });
      await channel.find(({ type }) => type === "refused");
      expect(channel.frames.slice(0, 2).map(({ type }) => type)).toContain("accepted");
      expect(await channel.find(({ type }) => type === "refused")).toMatchObject({
        id: "c1",
        op: "run",
        error: { code: "id_in_use" },
      });
      expect(textOf(assertEvents(await channel.events("c1")))).toBe("Hello");
    }));

  test("is cancelled even before it has begun", () =>
    withUpstream(endless, async (_, channel) => {
      channel.send({ op: "run", id: "c1", request });
      channel.send({ op: "cancel", id: "c1" });
      const events = await channel.events("c1");
      expect(events.map(toEvent).at(-1)).toMatchObject({ type: "finish", finish: { reason: "cancelled" } });
    }));

  test("is left and joined again where it was left, without a gap or a repeat", () =>
    withUpstream(
      [...chunked(["a", "b"].map((text) => piece.replace("Hello ", text))), { waitMs: 200 }, toChunk(piece), lastChunk],
      async (app, channel) => {
        channel.send({ op: "run", id: "c1", request });
        const { seq, run_id } = await channel.find(({ content }) => content === "a");
        channel.send({ op: "detach", id: "c1" });
        await channel.find(({ type }) => type === "detached");
        using other = await openChannel(app.origin);
        other.send({ op: "attach", id: "again", run_id: String(run_id), after: Number(seq) });
        const rest = await other.events("again");
        expect(rest[0]?.seq).toBe(Number(seq) + 1);
        expect(rest.map(({ seq: each }) => each)).toEqual(rest.map((_, index) => Number(seq) + 1 + index));
        expect(textOf(rest.map(toEvent))).toBe("bHello ");
      },
    ));

  test("goes on when its socket closes, and ends where it is asked to end with it", () =>
    withUpstream(endless, async (app) => {
      const before = await openChannel(app.origin);
      before.send({ op: "run", id: "stays", request });
      before.send({ op: "run", id: "goes", request: { ...request, resumable: false } });
      const stays = await before.find(({ id, type }) => id === "stays" && type === "content");
      const goes = await before.find(({ id, type }) => id === "goes" && type === "content");
      before.socket.close();
      await before.closed;
      const state = async (runId: unknown) => (await app.get(`/backend-api/v2/runs/${String(runId)}`)).json();
      await until(async () => (await state(goes.run_id)).state === undefined);
      expect(await state(stays.run_id)).toMatchObject({ state: "running" });
      expect(await state(goes.run_id)).toMatchObject({ error: { code: "not_found" } });
      expect(await app.services.store.usage.find(String(goes.run_id))).toMatchObject({ outcome: "cancelled" });
    }));
});

describe("a run with an idempotency_key", () => {
  const op = { op: "run", id: "c1", request, idempotency_key: "key-1" } as const;

  test("is started once, however often it is sent, over whatever socket", () =>
    withUpstream([...chunked([piece]), { waitMs: 100 }, toChunk(piece), lastChunk], async (app, channel) => {
      channel.send(op);
      const { run_id } = await channel.find(({ type }) => type === "content");
      channel.socket.close();
      using other = await openChannel(app.origin);
      other.send(op);
      other.send({ ...op, id: "c2" });
      expect(textOf(assertEvents(await other.events("c1")))).toBe("Hello Hello ");
      expect(textOf(assertEvents(await other.events("c2")))).toBe("Hello Hello ");
      other.send({ ...op, id: "c3" });
      expect((await other.find(({ id, type }) => id === "c3" && type === "accepted")).run_id).toBe(run_id);
      expect(await (await app.get("/backend-api/v2/runs")).json()).toHaveLength(1);
    }));

  test("is not started twice by two sockets at once; who comes second is told to come back", () =>
    withUpstream(openaiText("Hello"), async (app, channel) => {
      using other = await openChannel(app.origin);
      channel.send(op);
      other.send({ ...op, id: "c2" });
      const answers = await Promise.all([channel.find(({ id }) => id === "c1"), other.find(({ id }) => id === "c2")]);
      const refused = answers.filter(({ type }) => type === "refused");
      for (const frame of refused) expect(frame).toMatchObject({ error: { code: "still_running" } });
      expect(refused.length).toBeLessThan(2);
      expect(await (await app.get("/backend-api/v2/runs")).json()).toHaveLength(1);
    }));

  test("is refused for another request, and for a key that is none", () =>
    withUpstream(openaiText("Hello"), async (_, channel) => {
      channel.send(op);
      await channel.events("c1");
      const refusals: [Partial<typeof op> | Record<string, unknown>, string][] = [
        [{ request: { ...request, temperature: 1 } }, "idempotency_key_reused"],
        [{ idempotency_key: "" }, "invalid_request"],
        [{ idempotency_key: "a b" }, "invalid_request"],
        [{ idempotency_key: "x".repeat(256) }, "invalid_request"],
        [{ idempotency_key: 7 }, "invalid_request"],
      ];
      for (const [index, [more, code]] of refusals.entries()) {
        channel.sendRaw(JSON.stringify({ ...op, ...more, id: `r${index}` }));
        expect(await channel.find(({ id }) => id === `r${index}`)).toMatchObject({ type: "refused", error: { code } });
      }
    }));

  test("may be sent again once it was refused", () =>
    withUpstream(openaiText("Hello"), async (_, channel) => {
      channel.send({ ...op, request: { ...request, provider: "Nobody" } });
      expect(await channel.find(({ id }) => id === "c1")).toMatchObject({ error: { code: "provider_not_found" } });
      channel.send({ ...op, id: "c2" });
      expect(textOf(assertEvents(await channel.events("c2")))).toBe("Hello");
    }));

  test("is cancelled even before it has begun", () =>
    withUpstream(endless, async (_, channel) => {
      channel.send(op);
      channel.send({ op: "cancel", id: "c1" });
      const events = await channel.events("c1");
      expect(events.map(toEvent).at(-1)).toMatchObject({ type: "finish", finish: { reason: "cancelled" } });
    }));
});

describe("a room", () => {
  test("shows who is there, and every run of its chat, from its beginning, whoever started it", () => {
    const { promise: joined, resolve: goOn } = Promise.withResolvers<void>();
    return withUpstream([...chunked([piece]), { until: joined }, toChunk(piece), lastChunk], async (app, ann) => {
      using bob = await openChannel(app.origin);
      ann.send({ op: "join", id: "room", chat_id: "chat 1", name: "Ann" });
      await ann.find(({ type }) => type === "room");
      bob.send({ op: "join", id: "room", chat_id: "chat 1", name: "Bob" });
      const full = await ann.find(({ members }) => Array.isArray(members) && members.length === 2);
      expect(full).toMatchObject({ type: "room", chat_id: "chat 1", members: [{ name: "Ann" }, { name: "Bob" }] });

      using elsewhere = await openChannel(app.origin);
      elsewhere.send({ op: "join", id: "room", chat_id: "chat 2" });
      // Over REST, and not resumable: the room sees it all the same.
      const response = await app.post({ ...request, chat_id: "chat 1" });
      await bob.find(({ type }) => type === "content");
      using late = await openChannel(app.origin);
      late.send({ op: "join", id: "late", chat_id: "chat 1" });
      await late.find(({ type }) => type === "content");
      goOn();
      await response.text();
      const [first, second, third] = [await ann.events("room"), await bob.events("room"), await late.events("late")];
      expect(textOf(assertEvents(first))).toBe("Hello Hello ");
      expect(second).toEqual(first);
      expect(third.map(toEvent)).toEqual(first.map(toEvent));
      expect(elsewhere.frames.filter(({ type }) => type !== "room")).toEqual([]);

      bob.send({ op: "leave", id: "room" });
      await bob.find(({ type }) => type === "left");
      late.socket.close();
      await ann.find(
        ({ members }) =>
          Array.isArray(members) && members.length === 1 && members[0].name === "Ann" && ann.frames.length > 5,
      );
    });
  });
});

describe("a frame that is none", () => {
  const deep = `{"op":"ping","id":"d","x":${"[".repeat(5000)}${"]".repeat(5000)}}`;
  const cases: [string, string | Uint8Array<ArrayBuffer>, string | null, string][] = [
    ["not JSON", "Hello", null, "invalid_json"],
    ["half of JSON", '{"op":"run"', null, "invalid_json"],
    ["a number", "17", null, "invalid_json"],
    ["null", "null", null, "invalid_json"],
    ["true", "true", null, "invalid_json"],
    ["an array", '[{"op":"ping"}]', null, "invalid_json"],
    ["a string", '"ping"', null, "invalid_json"],
    ["empty", "", null, "invalid_json"],
    ["binary", new TextEncoder().encode('{"op":"ping","id":"p"}'), null, "invalid_json"],
    ["nested deeply", deep, "d", "invalid_json"],
    ["without an op", '{"id":"x"}', "x", "invalid_request"],
    ["of an unknown op", '{"op":"destroy","id":"x"}', "x", "invalid_request"],
    ["of an op that objects have", '{"op":"constructor","id":"x"}', "x", "invalid_request"],
    ["with an op that is no string", '{"op":["run"],"id":"x"}', "x", "invalid_request"],
    ["without an id", '{"op":"detach"}', null, "invalid_request"],
    ["with an id that is a number", '{"op":"detach","id":7}', null, "invalid_request"],
    [
      "with an id of 10,000 letters",
      `{"op":"detach","id":"${"x".repeat(10_000)}"}`,
      "x".repeat(128),
      "invalid_request",
    ],
    ["with after below 0", '{"op":"attach","id":"x","run_id":"run_y","after":-1}', "x", "invalid_request"],
    ["with after that is no number", '{"op":"attach","id":"x","run_id":"run_y","after":"1"}', "x", "invalid_request"],
    ["that attaches to nothing", '{"op":"attach","id":"x","run_id":"run_y"}', "x", "not_found"],
    ["that cancels what it has not", '{"op":"cancel","id":"x"}', "x", "not_found"],
    ["that detaches what it has not", '{"op":"detach","id":"x"}', "x", "not_found"],
    ["that leaves where it is not", '{"op":"leave","id":"x"}', "x", "not_found"],
    ["that joins an id of no shape", '{"op":"join","id":"x","chat_id":"a/b"}', "x", "invalid_request"],
    ["with a prototype", '{"op":"detach","id":"x","__proto__":{"op":"ping"}}', "x", "not_found"],
  ];

  test("is refused, whatever it is, while the socket and its runs go on", () =>
    withUpstream(endless, async (app, channel) => {
      channel.send({ op: "run", id: "c1", request });
      await channel.find(({ type }) => type === "content");
      for (const [name, data, id, code] of cases) {
        const before = channel.frames.length;
        channel.sendRaw(data);
        while (channel.frames.length === before) await Bun.sleep(1);
        const frame = channel.frames.at(-1);
        expect([name, frame]).toEqual([
          name,
          { id, type: "refused", op: frame?.op, error: { code, message: expect.any(String) } },
        ]);
      }
      channel.send({ op: "run", id: "c1", request });
      expect(await channel.find(({ type, id }) => type === "refused" && id === "c1")).toMatchObject({
        error: { code: "id_in_use" },
      });
      channel.sendRaw(' \n{ "op": "ping", "id": "p" }\n');
      expect(await channel.find(({ type }) => type === "pong")).toEqual({ id: "p", type: "pong" });
      channel.send({ op: "join", id: "r1", chat_id: "chat" });
      channel.send({ op: "join", id: "r2", chat_id: "chat" });
      expect(await channel.find(({ id }) => id === "r2")).toMatchObject({ error: { code: "id_in_use" } });
      expect((await (await app.get("/backend-api/v2/runs")).json())[0]).toMatchObject({ state: "running" });
      expect(app.trouble).toEqual([]);
    }));

  test("does not wait for another of its id to begin where a hundred do", async () => {
    const asked = Promise.withResolvers<void>();
    const picture = Promise.withResolvers<Response>();
    using pictures = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch() {
        asked.resolve();
        return picture.promise;
      },
    });
    const content = [{ type: "image_url", image_url: { url: `${pictures.url.origin}/slow.png` } }];
    const slow = { ...request, messages: [{ role: "user", content }] };
    const use = async (_: TestApp, channel: TestChannel) => {
      channel.send({ op: "run", id: "c1", request: slow });
      await asked.promise;
      for (let sent = 0; sent < 150; sent++) channel.send({ op: "run", id: "c1", request });
      channel.send({ op: "ping", id: "p" });
      await channel.find(({ id }) => id === "p");
      const refused = channel.frames.filter(({ type }) => type === "refused");
      expect(refused).toHaveLength(50);
      expect(refused[0]).toMatchObject({ error: { code: "too_many_runs" } });
      picture.resolve(new Response(null, { status: 404 }));
    };
    await withUpstream(endless, use, { allowed_hosts: new URL(pictures.url).host });
  });

  test("that is too large ends the socket, not its runs", () =>
    withUpstream(endless, async (app) => {
      const channel = await openChannel(app.origin);
      channel.send({ op: "run", id: "c1", request });
      const { run_id } = await channel.find(({ type }) => type === "content");
      channel.sendRaw(JSON.stringify({ op: "ping", id: "x".repeat(2 * 1024 * 1024) }));
      expect([1006, 1009]).toContain((await channel.closed).code);
      const info = await (await app.get(`/backend-api/v2/runs/${String(run_id)}`)).json();
      expect(info).toMatchObject({ state: "running" });
    }));
});

describe("a socket", () => {
  const key = "a-secret/key=1";
  const status = async (app: TestApp, headers: Record<string, string>) => {
    const response = await app.get(channelPath, { headers: { ...upgrading, ...headers } });
    return [response.status, response.ok ? "" : ((await response.json()) as { error: { code: string } }).error.code];
  };

  test("is opened with the key in a header or in a subprotocol, and with no other", async () => {
    await using app = await openApp({ flags: { access_key: key } });
    const carriers: ChannelOptions[] = [
      { headers: { authorization: `Bearer ${key}` } },
      { headers: { authorization: `Bearer ${key}` }, protocols: [] },
      { headers: { "x-api-key": key } },
      { protocols: ["backend.v2", `bearer.${encodeURIComponent(key)}`] },
      { protocols: [`bearer.${encodeURIComponent(key)}`, "backend.v2"] },
    ];
    for (const options of carriers) {
      using channel = await openChannel(app.origin, options);
      channel.send({ op: "ping", id: "p" });
      await channel.find(({ type }) => type === "pong");
    }
    expect(await status(app, {})).toEqual([401, "access_denied"]);
    for (const wrong of ["bearer.", "bearer.a", "bearer.%", "bearer.%00", encodeURIComponent(key)])
      expect(await status(app, { "sec-websocket-protocol": `backend.v2, ${wrong}` })).toEqual([401, "access_denied"]);
  });

  test("is refused to pages of other origins, with another subprotocol, and to what is no socket", async () => {
    await using app = await openApp({ flags: { cors_origins: "https://listed.example" } });
    const { host } = new URL(app.origin);
    for (const origin of [
      "https://evil.example",
      "null",
      `http://${host}.evil.example`,
      "http://127.0.0.1:1",
      `http://user@evil.example#${host}`,
    ])
      expect([origin, ...(await status(app, { origin }))]).toEqual([origin, 403, "origin_not_allowed"]);
    using own = await openChannel(app.origin, { headers: { origin: app.origin } });
    using listed = await openChannel(app.origin, { headers: { origin: "https://listed.example" } });
    expect(own.socket.readyState + listed.socket.readyState).toBe(2);
    expect(await status(app, { "sec-websocket-protocol": "backend.v1" })).toEqual([400, "invalid_request"]);
    const plain = await app.get("/backend-api/v2/channel");
    expect([plain.status, await plain.json()]).toMatchObject([426, { error: { code: "upgrade_required" } }]);
  });

  test("is told when the server goes away, after its runs are over", async () => {
    const { promise: refused, resolve: goOn } = Promise.withResolvers<void>();
    const steps = [...chunked([piece]), { until: refused }, toChunk("data: [DONE]\n\n"), lastChunk];
    using upstream = openUpstream(() => steps);
    const app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
    const channel = await openChannel(app.origin);
    channel.send({ op: "run", id: "c1", request });
    await channel.find(({ type }) => type === "content");
    const closing = app[Symbol.asyncDispose]();
    channel.send({ op: "run", id: "c2", request });
    expect(await channel.find(({ id }) => id === "c2")).toMatchObject({ error: { code: "shutting_down" } });
    goOn();
    expect(toEvent((await channel.events("c1")).at(-1)!)).toEqual({ type: "finish", finish: { reason: "stop" } });
    expect((await channel.closed).code).toBe(1001);
    await closing;
  });
});
