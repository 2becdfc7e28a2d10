import { describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import type { Readings } from "../../src/lib/pressure.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { channelPath, openChannel, upgrading } from "../support/channel.ts";
import { hangingAnswer } from "../support/client.ts";
import { makeKey } from "../support/keys.ts";
import { openUpstream } from "../support/scripted-upstream.ts";

const v2 = "/backend-api/v2";
const question = JSON.stringify({ messages: [{ role: "user", content: "hello" }], model: "m", provider: "Work" });

/** A machine whose memory, of which the server may have a thousand bytes, is as full as a test says. */
function machineOf(memory = 0): Readings & { bytes: number } {
  return {
    bytes: memory,
    memory() {
      return this.bytes;
    },
    descriptors: () => 0,
    collect() {},
    now: () => performance.now(),
  };
}

async function told(response: Response) {
  const body = await response.json().catch(() => undefined);
  return [response.status, body?.error?.code, response.headers.get("retry-after")];
}

/** Sends the head of a request, and what of its body there is; gives what is answered. */
function sendRaw(origin: string, head: string, body = ""): { readonly socket: Socket; readonly said: Promise<string> } {
  const { hostname, port, host } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.write(`${head}\r\nhost: ${host}\r\n\r\n${body}`);
  socket.on("error", () => {});
  return { socket, said: new Promise((resolve) => socket.on("data", (bytes) => resolve(bytes.toString()))) };
}

describe("an overloaded server", () => {
  const overloaded = [503, "overloaded", "5"];
  const form = new FormData();
  form.append("files", new Blob(["text"]), "a.md");
  const large = JSON.stringify({ text: "x".repeat(70_000) });
  /** What is answered at the first mark, and at the second; `undefined` for what is not refused for it. */
  const rows: readonly (readonly [string, string, RequestInit | undefined, first: boolean, second: boolean])[] = [
    ["a question", `${v2}/conversation`, { method: "POST", body: question }, true, true],
    ["a question in the address", `${v2}/create?prompt=hello`, undefined, true, true],
    ["a question in OpenAI's words", "/v1/chat/completions", { method: "POST", body: question }, true, true],
    ["a question in Ollama's", "/api/chat", { method: "POST", body: question }, true, true],
    ["a tool's call", "/mcp", { method: "POST", body: "{}" }, true, true],
    ["an upload", `${v2}/files/b`, { method: "POST", body: form }, true, true],
    ["a large document", `${v2}/chat/s`, { method: "POST", body: large }, true, true],
    ["a small document", `${v2}/chat/s`, { method: "POST", body: "{}" }, false, true],
    ["a list", `${v2}/models`, undefined, false, true],
    ["the page", "/", undefined, false, true],
    ["its version", `${v2}/version`, undefined, false, false],
    ["whether it lives", "/healthz", undefined, false, false],
    ["a running answer", `${v2}/runs/none/events`, undefined, false, false],
    ["its end", `${v2}/runs/none/cancel`, { method: "POST" }, false, false],
  ];

  for (const [mark, bytes, column] of [
    ["the first", 860, 3],
    ["the second", 960, 4],
  ] as const)
    test(`refuses above ${mark} mark what the table says, at once and in each API's words, and nothing below`, async () => {
      const machine = machineOf(bytes);
      await using app = await openApp({ flags: { max_memory: "1000" }, readings: machine });
      expect(app.services.pressure.look()).toBe(column === 3 ? 1 : 2);
      const ask = ([, path, init]: (typeof rows)[number]) => app.get(path, init).then(told);
      const isRefused = async (row: (typeof rows)[number]) => {
        const [status, code, retryAfter] = await ask(row);
        return [row[0], status === 503 && retryAfter === "5" && code !== "shutting_down"];
      };
      expect(await Promise.all(rows.map(isRefused))).toEqual(rows.map((row) => [row[0], row[column]]));
      expect(await ask(rows[0]!)).toEqual(overloaded);
      expect(await told(await app.get("/readyz"))).toEqual(overloaded);
      expect(app.services.shedding.shed.memory).toBeGreaterThan(5);

      machine.bytes = 500;
      // What was looked at a moment ago is not looked at again.
      while (app.services.pressure.look() > 0) await Bun.sleep(1);
      expect((await app.get("/readyz")).status).toBe(200);
      expect((await app.get(`${v2}/conversation`, { method: "POST", body: question })).status).not.toBe(503);
    });

  test("refuses runs that are asked for over a socket, and lets those that run go on, be joined and be cancelled", async () => {
    using upstream = openUpstream(() => hangingAnswer("a"));
    const machine = machineOf();
    const yaml = providerYaml({ name: "Work", origin: upstream.origin });
    await using app = await openApp({ yaml, flags: { max_memory: "1000" }, readings: machine });
    using channel = await openChannel(app.origin);
    const run = (id: string) => channel.send({ op: "run", id, request: JSON.parse(question) });
    run("first");
    const { run_id } = await channel.find(({ type }) => type === "content");

    machine.bytes = 990;
    while (app.services.pressure.look() < 2) await Bun.sleep(1);
    run("second");
    expect(await channel.find(({ id }) => id === "second")).toMatchObject({
      type: "refused",
      error: { code: "overloaded" },
    });
    channel.send({ op: "attach", id: "again", run_id: String(run_id) });
    await channel.find(({ id, type }) => id === "again" && type === "content");
    const cancelled = await app.get(`${v2}/runs/${String(run_id)}/cancel`, { method: "POST" });
    expect((await cancelled.json()).state).toBe("cancelled");
    expect((await channel.events("first")).at(-1)).toMatchObject({ finish: { reason: "cancelled" } });
  });
});

describe("sockets", () => {
  const refused = async (app: TestApp, headers: Record<string, string> = {}) =>
    told(await app.get(channelPath, { headers: { ...upgrading, ...headers } }));

  test("beyond max_sockets are refused in JSON, until one has gone", async () => {
    await using app = await openApp({ flags: { max_sockets: "2" } });
    using first = await openChannel(app.origin);
    using second = await openChannel(app.origin);
    expect(await refused(app)).toEqual([503, "overloaded", "5"]);
    second.send({ op: "ping", id: "p" });
    await second.find(({ type }) => type === "pong");
    first.socket.close();
    while (app.services.channel.count > 1) await Bun.sleep(1);
    using third = await openChannel(app.origin);
    third.send({ op: "ping", id: "p" });
    await third.find(({ type }) => type === "pong");
  });

  test("of one key have a limit of their own, which is no other key's", async () => {
    await using app = await openApp({ flags: { max_sockets_per_key: "1" } });
    const [ann, bob] = [await makeKey(app, "ann"), await makeKey(app, "bob")];
    using first = await openChannel(app.origin, ann);
    expect(await refused(app, ann.headers)).toEqual([429, "too_many_connections", "5"]);
    using other = await openChannel(app.origin, bob);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
    first.socket.close();
    while (app.services.channel.count > 1) await Bun.sleep(1);
    using again = await openChannel(app.origin, ann);
    expect(again.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe("bodies that come", () => {
  test("are held together up to a quarter of max_memory, however many senders stop half-way", async () => {
    // A quarter of it is 8 MiB, and the process itself is no part of it.
    const flags = { max_memory: String(32 * 1024 * 1024) };
    await using app = await openApp({ flags, readings: machineOf() });
    const { incoming } = app.services;
    const head = `POST ${v2}/chat/s HTTP/1.1\r\ncontent-length: 4000000`;
    const senders = [0, 1].map(() => sendRaw(app.origin, head, "x".repeat(3_900_000)));
    while (incoming.heldBytes < 7_800_000) await Bun.sleep(5);

    const third = sendRaw(app.origin, head, "x".repeat(3_900_000));
    const said = await third.said;
    expect(said).toStartWith("HTTP/1.1 503 ");
    expect(said).toMatch(/retry-after: 5\r\n/i);
    expect(said).toContain('"code":"overloaded"');
    expect((await app.get(`${v2}/chat/s`, { method: "POST", body: '{"a":1}' })).status).toBe(200);
    for (const { socket } of [...senders, third]) socket.destroy();
    while (incoming.heldBytes > 0) await Bun.sleep(5);
  });

  test("of one key are half of that, so that others' questions are taken, and small ones also where no large one is", async () => {
    const flags = { max_memory: String(32 * 1024 * 1024) };
    await using app = await openApp({ flags, readings: machineOf() });
    const { incoming } = app.services;
    const [ann, bob, cem] = [await makeKey(app, "ann"), await makeKey(app, "bob"), await makeKey(app, "cem")];
    const begin = ({ key }: { readonly key: string }, bytes: number) =>
      sendRaw(
        app.origin,
        `POST ${v2}/chat/s HTTP/1.1\r\nauthorization: Bearer ${key}\r\ncontent-length: 4000000`,
        "x".repeat(bytes),
      );
    const open = [begin(ann, 3_900_000)];
    while (incoming.heldBytes < 3_900_000) await Bun.sleep(5);
    const more = await begin(ann, 3_900_000).said;
    expect([more.slice(0, 12), more.includes('"too_many_connections"')]).toEqual(["HTTP/1.1 429", true]);
    const put = ({ headers }: typeof bob, body: unknown, id: string) =>
      app.get(`${v2}/chat/${id}`, { method: "POST", headers, body: JSON.stringify(body) }).then(({ status }) => status);
    expect(await put(bob, { text: "x".repeat(3_900_000) }, "large")).toBe(200);
    open.push(begin(bob, 3_900_000), begin(cem, 550_000));
    while (incoming.heldBytes < 8_350_000) await Bun.sleep(5);
    expect([await put(cem, { a: "x".repeat(100_000) }, "l"), await put(cem, { a: 1 }, "s")]).toEqual([503, 200]);
    for (const { socket } of open) socket.destroy();
    while (incoming.heldBytes > 0) await Bun.sleep(5);
  });

  test("slowly, and small ones, do not keep the server from seeing that it does nothing", async () => {
    const machine = machineOf();
    machine.now = () => performance.now() * 1000;
    await using app = await openApp({ flags: { max_memory: String(32 * 1024 * 1024) }, readings: machine });
    const { incoming } = app.services;
    const { socket } = sendRaw(app.origin, `POST ${v2}/chat/s HTTP/1.1\r\ncontent-length: 50000`, "x".repeat(40_000));
    while (incoming.heldBytes === 0) await Bun.sleep(1);
    machine.bytes = 30 * 1024 * 1024;
    while (!app.logged.some((line) => line.includes("memory stays in use"))) await Bun.sleep(5);
    expect(incoming.heldBytes).toBe(40_000);
    socket.destroy();
  });

  test("as uploads are so many at once at most, of one key as of all", async () => {
    await using app = await openApp();
    const [ann, bob] = [await makeKey(app, "ann"), await makeKey(app, "bob")];
    const { incoming } = app.services;
    const begin = ({ key }: { readonly key: string }) =>
      sendRaw(
        app.origin,
        `POST ${v2}/files/b HTTP/1.1\r\nauthorization: Bearer ${key}\r\ncontent-length: 1000\r\ncontent-type: multipart/form-data; boundary=b`,
        '--b\r\ncontent-disposition: form-data; name="files"; filename="a.md"\r\n\r\nbegun',
      );
    const open = Array.from({ length: 50 }, () => begin(ann));
    while (incoming.uploads < 50) await Bun.sleep(5);
    const said = await begin(ann).said;
    expect([said.slice(0, 12), said.includes('"too_many_connections"')]).toEqual(["HTTP/1.1 429", true]);
    open.push(begin(bob));
    while (incoming.uploads < 51) await Bun.sleep(5);
    for (const { socket } of open) socket.destroy();
    while (incoming.uploads > 0) await Bun.sleep(5);
  });
});
