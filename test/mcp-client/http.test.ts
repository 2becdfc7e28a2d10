import { describe, expect, test } from "bun:test";
import { textOf } from "../support/events.ts";
import { calling, openCalling, resultsOf } from "../support/mcp/calling.ts";
import { openHttpTools } from "../support/mcp/http.ts";
import { answer, openUpstream, type Script, type Step } from "../support/scripted-upstream.ts";

const add = [{ calls: [calling("web__add", { a: 2, b: 3 })] }, { text: "Five." }];
const server = (url: string, more: object = {}) => ({ name: "web", url, tools: ["*"], ...more });

describe("over HTTP", () => {
  test.each([
    ["streams, with sessions", {}],
    ["JSON, with sessions", { isJson: true }],
  ])("answers come as %s", async (_, options) => {
    await using web = openHttpTools(options);
    await using app = await openCalling([server(web.url, { headers: { authorization: "Bearer header-canary" } })]);
    await app.say(add);
    expect(resultsOf(app.body(1))[0]).toContain("\n5\n");
    expect(web.requests.every(({ headers }) => headers.get("authorization") === "Bearer header-canary")).toBe(true);
    const [, ...later] = web.requests;
    expect(new Set(later.map(({ headers }) => headers.get("mcp-protocol-version")))).toEqual(new Set(["2025-11-25"]));
    expect(new Set(later.map(({ headers }) => headers.get("mcp-session-id"))).size).toBe(1);
  });

  test("a session that was forgotten is begun anew", async () => {
    await using web = openHttpTools();
    await using app = await openCalling([server(web.url)]);
    await app.say(add);
    web.forget();
    await app.say(add);
    expect(resultsOf(app.body(1))[0]).toContain("\n5\n");
  });

  test("a session is ended with us", async () => {
    await using web = openHttpTools();
    const app = await openCalling([server(web.url)]);
    await app.say(add);
    expect(web.sessions()).toBe(1);
    await app[Symbol.asyncDispose]();
    expect(web.sessions()).toBe(0);
  });
});

/** A server that answers by hand: `call` says how it answers a call. */
function byHand(call: (id: number) => readonly Step[], more: Script = () => answer(405, {})): Script {
  return (request, count) => {
    if (request.method !== "POST") return more(request, count);
    const { id, method } = JSON.parse(request.body);
    const ok = (result: object) => answer(200, { jsonrpc: "2.0", id, result });
    if (method === "initialize")
      return ok({
        protocolVersion: "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "x", version: "1" },
      });
    if (method === "tools/list") return ok({ tools: [{ name: "add", inputSchema: { type: "object" } }] });
    return method === "tools/call" ? call(id) : answer(202, {});
  };
}

const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
const result = (id: number, text: string) =>
  `data: ${JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } })}\n\n`;

async function told(script: Script, more: object = {}): Promise<string> {
  using upstream = openUpstream(script);
  await using app = await openCalling([server(`${upstream.origin}/mcp`, more)]);
  const events = await app.say(add);
  expect(textOf(events)).toBe("Five.");
  return resultsOf(app.body(1))[0] ?? "";
}

describe("an answer over HTTP", () => {
  test("that breaks off is gone on with from its last event", async () => {
    let resumed = "";
    const script = byHand(
      () => [`${head}retry: 10\nid: e7\ndata:\n\n`, "close"],
      (request) => {
        resumed = request.headers["last-event-id"] ?? "";
        return [head + result(3, "five, at last"), "close"];
      },
    );
    expect(await told(script)).toContain("five, at last");
    expect(resumed).toBe("e7");
  });

  test("ends with its result, though its stream stays open", async () => {
    expect(await told(byHand((id) => [head + result(id, "five"), "hang"]))).toContain("five");
  });

  test.each<[string, (id: number) => readonly Step[], object, string]>([
    ["breaks off", () => [`${head}: nothing\n\n`, "close"], {}, "its answer broke off before its end"],
    ["never comes", () => ["hang"], { timeout: 0.5 }, "0.5 s"],
    ["is of another type", () => answer(200, "<html>"), {}, "broke off"],
    [
      "is endless",
      () => [head, ...Array<string>(12).fill(`: ${"x".repeat(1024 * 1024)}\n`), "hang"],
      {},
      "more than 10 MB",
    ],
    ["refuses", () => answer(401, { error: { message: "who are you" } }), {}, "web answered 401: who are you"],
    [
      "is elsewhere",
      () => ["HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"],
      {},
      "302",
    ],
    [
      "is a refusal",
      (id) => answer(200, { jsonrpc: "2.0", id, error: { code: 1, message: "no" } }),
      {},
      "web refused: no",
    ],
  ])("that %s is told to the model", async (_, call, more, said) => {
    const result = await told(byHand(call), more);
    expect(result).toContain("The tool failed: ");
    expect(result).toContain(said);
  });
});
