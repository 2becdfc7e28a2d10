import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LATEST_PROTOCOL_VERSION, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/sdk/types.js";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { makeKey } from "../support/keys.ts";
import { connectTo, post, request } from "../support/mcp.ts";
import { openaiText, openUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";

let upstream: ScriptedUpstream;
let app: TestApp;
beforeAll(async () => {
  upstream = openUpstream(() => openaiText("Hello"));
  app = await openApp({ yaml: providerYaml({ name: "one", origin: upstream.origin }) });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
});

const ask = (args: object = { prompt: "Hi" }, id: string | number = 1) =>
  request("tools/call", { name: "ask_model", arguments: args }, id);
const notice = { jsonrpc: "2.0", method: "notifications/initialized" };

async function refusal(response: Response): Promise<[number, number, string | number | null, string]> {
  const { jsonrpc, id, error } = await response.json();
  expect(jsonrpc).toBe("2.0");
  return [response.status, error.code, id, error.message];
}

describe("whoever posts a message", () => {
  test("is answered without initialize and without a session", async () => {
    const response = await post(app, ask({ prompt: "Hi" }, "call 1"));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json;charset=utf-8"]);
    expect(await response.json()).toMatchObject({
      jsonrpc: "2.0",
      id: "call 1",
      result: { content: [{ type: "text", text: "Hello" }], structuredContent: { provider: "one", model: "m" } },
    });
  });

  test("is answered without saying what it accepts", async () => {
    const response = await app.get("/mcp", { method: "POST", body: JSON.stringify(request("ping")) });
    expect(await response.json()).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
  });

  test("is told nothing of a notification or a response", async () => {
    for (const message of [notice, { jsonrpc: "2.0", id: 1, result: {} }, { jsonrpc: "2.0", method: "unknown" }]) {
      const response = await post(app, message);
      expect([response.status, await response.text()]).toEqual([202, ""]);
    }
  });

  test.each(SUPPORTED_PROTOCOL_VERSIONS)("agrees on the revision %s", async (protocolVersion) => {
    const response = await post(app, request("initialize", { protocolVersion, capabilities: {}, clientInfo: {} }));
    const { result } = await response.json();
    expect(result).toMatchObject({
      protocolVersion,
      capabilities: { tools: {}, resources: {} },
      serverInfo: { name: "parley" },
    });
    expect(result.capabilities.prompts).toBeUndefined();
    expect(response.headers.get("mcp-session-id")).toMatch(/^mcp_/);
    const asked = await post(app, request("ping"), { "mcp-protocol-version": protocolVersion });
    expect(asked.status).toBe(200);
  });

  test("is offered the newest revision for one that is unknown", async () => {
    const response = await post(app, request("initialize", { protocolVersion: "2099-01-01" }));
    expect((await response.json()).result.protocolVersion).toBe(LATEST_PROTOCOL_VERSION);
  });

  test("gets an array for an array, where its revision has them", async () => {
    const response = await post(app, [request("ping"), notice, ask({ prompt: "Hi" }, 2), request("no/such", {}, 3), 7]);
    const answers = await response.json();
    expect(answers.map(({ id, error }: { id: unknown; error?: { code: number } }) => [id, error?.code])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, -32601],
      [null, -32600],
    ]);
    expect((await post(app, [notice, notice])).status).toBe(202);
  });
});

const refused: readonly (readonly [
  what: string,
  body: unknown,
  headers: Record<string, string>,
  status: number,
  code: number,
])[] = [
  ["that is no JSON", "{", {}, 400, -32700],
  ["that nests without end", "[".repeat(5000) + "]".repeat(5000), {}, 400, -32700],
  ["that is nothing", "", {}, 400, -32700],
  ["that is null", "null", {}, 400, -32600],
  ["that is a number", "1", {}, 400, -32600],
  ["of another version", { jsonrpc: "1.0", id: 1, method: "ping" }, {}, 400, -32600],
  ["whose id is null", { jsonrpc: "2.0", id: null, method: "ping" }, {}, 400, -32600],
  ["whose id is an object", { jsonrpc: "2.0", id: {}, method: "ping" }, {}, 400, -32600],
  ["whose id is endless", { jsonrpc: "2.0", id: "1".repeat(300), method: "ping" }, {}, 400, -32600],
  ["whose method is a number", { jsonrpc: "2.0", id: 1, method: 1 }, {}, 400, -32600],
  ["whose params are an array", { jsonrpc: "2.0", id: 1, method: "ping", params: [] }, {}, 400, -32600],
  ["that is an empty array", [], {}, 400, -32600],
  ["that is an array of too many", Array(51).fill(request("ping")), {}, 400, -32600],
  ["that is an array in a newer revision", [request("ping")], { "mcp-protocol-version": "2025-06-18" }, 400, -32600],
  ["of an unknown revision", request("ping"), { "mcp-protocol-version": "2099-01-01" }, 400, -32600],
  ["of a foreign page", request("ping"), { origin: "https://evil.example" }, 403, -32000],
  ["with an unknown method", request("prompts/list"), {}, 200, -32601],
  ["with a method of every object", request("constructor"), {}, 200, -32601],
  ["with an unknown tool", request("tools/call", { name: "run_code", arguments: {} }), {}, 200, -32602],
  ["without a tool", request("tools/call"), {}, 200, -32602],
  ["whose arguments are a list", request("tools/call", { name: "ask_model", arguments: [] }), {}, 200, -32602],
  ["whose cursor is of nobody", request("resources/list", { cursor: "7; DROP" }), {}, 200, -32602],
  ["without an address", request("resources/read"), {}, 200, -32602],
  ["with a foreign address", request("resources/read", { uri: "file:///etc/passwd" }), {}, 200, -32002],
  ["with a way out", request("resources/read", { uri: "parley://media/..%2F..%2Fparley.db" }), {}, 200, -32002],
  ["with half a character", request("resources/read", { uri: "parley://media/%E0" }), {}, 200, -32002],
  ["with no such bucket", request("resources/read", { uri: "parley://files/none/a.md" }), {}, 200, -32002],
];

describe("a message is refused", () => {
  test.each(refused)("%s", async (_, body, headers, status, code) => {
    const [gotStatus, gotCode, , message] = await refusal(await post(app, body, headers));
    expect([gotStatus, gotCode]).toEqual([status, code]);
    expect(message).not.toContain("passwd");
  });

  test("that is larger than a body may be", async () => {
    await using small = await openApp({ flags: { max_body: "2000" } });
    const [status, code] = await refusal(await post(small, ask({ prompt: "x".repeat(5000) })));
    expect([status, code]).toEqual([413, -32000]);
  });

  test("by other methods than POST", async () => {
    for (const method of ["GET", "DELETE", "PUT"]) {
      const response = await app.get("/mcp", { method, headers: { accept: "text/event-stream" } });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      expect((await response.json()).error.message).toContain("POST");
    }
  });

  test("where the server is closed, and taken with a key", async () => {
    await using closed = await openApp();
    const { headers } = await makeKey(closed, "ada");
    const response = await post(closed, request("ping"));
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    const [status, code] = await refusal(response);
    expect([status, code]).toEqual([401, -32000]);
    expect((await post(closed, request("ping"), headers)).status).toBe(200);
    await expect(connectTo(closed)).rejects.toThrow("needs an access key");
    await using known = await connectTo(closed, headers);
    expect((await known.client.listTools()).tools.length).toBe(7);
  });
});

const badArguments: readonly (readonly [name: string, args: object, says: string])[] = [
  ["ask_model", {}, "either prompt or messages"],
  ["ask_model", { prompt: "a", messages: [{ role: "user", content: "b" }] }, "either prompt or messages"],
  ["ask_model", { prompt: 7 }, "prompt"],
  ["ask_model", { prompt: "a", temperature: 9 }, "temperature"],
  ["ask_model", { messages: [{ role: "tool", content: "b" }] }, "messages[0]"],
  ["ask_model", { prompt: "a", model: "nobody-has-it" }, "nobody-has-it"],
  ["web_search", {}, "query"],
  ["web_search", { query: "a", max_results: 1000 }, "max_results"],
  ["read_page", { url: "" }, "url"],
  ["read_page", { url: "no address" }, "address"],
  ["generate_image", { prompt: "a", size: "huge" }, "size"],
  ["generate_image", { prompt: "a", n: 100 }, "n:"],
  ["speak", { text: " " }, "text"],
  ["speak", { text: "a", speed: 100 }, "speed"],
  ["search_files", { query: "a", bucket_id: "../etc" }, "bucket_id"],
  ["search_memory", { query: "a", user: "a/b" }, "user"],
];

describe("arguments that do not fit are told to the model", () => {
  test.each(badArguments)("%s %p", async (name, args, says) => {
    const response = await post(app, request("tools/call", { name, arguments: args }));
    const { result } = await response.json();
    expect(result.isError).toBe(true);
    expect(result.content[0].text).toContain(says);
  });

  test("null is what was left out", async () => {
    const response = await post(app, ask({ prompt: "Hi", model: null, messages: null, temperature: null }));
    expect((await response.json()).result.content[0].text).toBe("Hello");
  });
});
