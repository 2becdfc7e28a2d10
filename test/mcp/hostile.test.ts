import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { serveStdio } from "../../src/mcp/stdio.ts";
import { localCaller } from "../../src/protocol/caller.ts";
import { post, request } from "../support/mcp.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { chunked, openaiText, openUpstream, type Script, type ScriptedUpstream } from "../support/scripted-upstream.ts";

const stalls: Script = () => [
  ...chunked([`data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta: { content: "So" } }] })}\n\n`]),
  "hang",
];
let script: Script = () => openaiText("Hello");
let upstream: ScriptedUpstream;
let app: TestApp;
beforeAll(async () => {
  upstream = openUpstream((...asked) => script(...asked));
  app = await openApp({
    yaml: providerYaml({ name: "one", origin: upstream.origin }),
    flags: { max_runs: "20", log_level: "error" },
  });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
});

const methods = ["initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/read", "__proto__"];
const tools = ["ask_model", "search_files", "search_memory", "speak", "generate_image", "constructor"];
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, true, Infinity, -0, 1e21, 0.5, "", "\u0000", "\ud800", [], {}, [[]]),
  fc.string({ unit: "binary", maxLength: 500 }),
);
const args = fc.dictionary(
  fc.constantFrom("prompt", "messages", "model", "query", "text", "user", "bucket_id", "limit", "__proto__", "n"),
  odd,
);
const params = fc.oneof(
  odd,
  fc.record(
    {
      name: fc.oneof(fc.constantFrom(...tools), odd),
      arguments: fc.oneof(args, odd),
      uri: fc.oneof(odd, fc.webUrl(), fc.constantFrom("parley://media/..", "parley://files/a/%00", "parley://files//")),
      cursor: fc.oneof(odd, fc.constantFrom("media 1", "files 1 1", "files 999999999999999 0", "media -1")),
      protocolVersion: odd,
      requestId: odd,
      _meta: fc.oneof(odd, fc.record({ progressToken: odd })),
    },
    { requiredKeys: [] },
  ),
);
const message = fc.oneof(
  odd,
  fc.record(
    {
      jsonrpc: fc.oneof({ weight: 5, arbitrary: fc.constant("2.0") }, odd),
      id: fc.oneof(fc.integer(), fc.string(), odd),
      method: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...methods) }, odd),
      params,
    },
    { requiredKeys: [] },
  ),
);
/** What JSON.stringify cannot say: numbers beyond all bounds, a key that is a prototype. */
const toText = (value: unknown) =>
  (JSON.stringify(value, (_, each) => (each === Infinity ? "∞" : each)) ?? "").replaceAll('"∞"', "1e999");

test("whatever is posted is answered as JSON-RPC is, or taken without a word, and nothing fails inside", async () => {
  const headers = fc.constantFrom<Record<string, string>>(
    {},
    { accept: "application/json" },
    { "mcp-session-id": "mcp_a.2024-11-05" },
    { "mcp-protocol-version": "2025-03-26" },
    { "mcp-session-id": "../\u00ff" },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(message, fc.array(message, { maxLength: 8 })), headers, async (value, more) => {
      const response = await post(app, toText(value), more);
      const text = await response.text();
      expect(response.status).toBeOneOf([200, 202, 400]);
      if (response.status === 202) return expect(text).toBe("");
      const told = response.headers.get("content-type")?.startsWith("text/event-stream")
        ? [...text.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => JSON.parse(json))
        : [JSON.parse(text)].flat();
      for (const each of told) {
        expect(each.jsonrpc).toBe("2.0");
        expect("result" in each || "error" in each || each.method === "notifications/progress").toBe(true);
        expect(each.error?.code).not.toBe(-32603);
        if ("result" in each) expect(each.id).not.toBeNull();
      }
    }),
    { numRuns: 250 },
  );
  expect(app.trouble).toEqual([]);
});

describe("many at once", () => {
  test("are answered or told to wait, and what they took is given back", async () => {
    script = stalls;
    const controller = new AbortController();
    const before = upstream.requests.length;
    const calls = Array.from({ length: 500 }, (_, id) =>
      app.get("/mcp", {
        method: "POST",
        body: JSON.stringify(request("tools/call", { name: "ask_model", arguments: { prompt: "Hi", model: "m" } }, id)),
        signal: controller.signal,
      }),
    );
    const refused: string[] = [];
    for (const call of calls)
      void call.then(
        async (response) => refused.push(await response.text()),
        () => {},
      );
    while (refused.length < 480 || upstream.requests.length < before + 20) await Bun.sleep(5);
    expect(refused.every((text) => text.includes("too_many_runs"))).toBe(true);
    // Whether it is there can be asked all the same, and what it offers.
    for (const method of ["ping", "initialize", "tools/list"])
      expect(await (await post(app, request(method))).json()).toHaveProperty("result");
    controller.abort();
    await Promise.all(upstream.requests.slice(before).map(({ closed }) => closed));
    expect(upstream.requests.length).toBe(before + 20);
    script = () => openaiText("Hello");
    const ask = request("tools/call", { name: "ask_model", arguments: { prompt: "Hi", model: "m" } });
    let text = "";
    while (!text.includes("Hello")) text = await (await post(app, ask)).text();
  });
});

/** What is said on standard output to pieces of standard input, one after the other. */
async function say(...pieces: readonly (string | Uint8Array)[]) {
  const said: string[] = [];
  async function* input() {
    for (const piece of pieces) yield typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
  }
  const write = (line: string) => void said.push(line);
  const locate = () => "";
  await serveStdio({ server: await app.services.mcpServer(), caller: localCaller, input: input(), write, locate });
  return said.map((line) => JSON.parse(line));
}

describe("on standard input", () => {
  const ping = JSON.stringify(request("ping", {}, "p"));
  const pong = { jsonrpc: "2.0", id: "p", result: {} };
  const refusal = (code: number) => expect.objectContaining({ id: null, error: expect.objectContaining({ code }) });

  test.each<[string, readonly (string | Uint8Array)[], readonly unknown[]]>([
    ["a line in pieces is one", [ping.slice(0, 9), ping.slice(9), "\n"], [pong]],
    ["half a line is none", [`${ping}\n${ping.slice(0, 9)}`], [pong, refusal(-32_700)]],
    ["the last line needs no end", [ping], [pong]],
    ["bytes that are no text are no message", [new Uint8Array([0xff, 0xc3, 10]), ping], [refusal(-32_700), pong]],
    ["an empty array is refused, as one of too many", [`[]\n[${"1,".repeat(50)}1]`], Array(2).fill(refusal(-32_600))],
    ["an array in an array is no message", [`[[${ping}]]`], [[refusal(-32_600)]]],
    [
      "an endless line is refused, and ends it",
      [`${ping}\n`, ...Array<Uint8Array>(9).fill(new Uint8Array(8 * 1024 * 1024).fill(120)), ping],
      [refusal(-32_600), pong],
    ],
  ])("%s", async (_, pieces, expected) => {
    const said = await say(...pieces);
    expect(said).toHaveLength(expected.length);
    expect(said).toEqual(expect.arrayContaining([...expected]));
  });
});
