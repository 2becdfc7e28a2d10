import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { startVariables } from "../../src/config/process.ts";
import { providerYaml } from "../support/app.ts";
import { bareEnvironment, fromSource, runCommand, type RunningServer, startServer } from "../support/command.ts";
import { connect, type McpClient, request, textOf } from "../support/mcp.ts";
import { chunked, openaiText, openUpstream, type Script, type ScriptedUpstream } from "../support/scripted-upstream.ts";

let folder: string;
let upstream: ScriptedUpstream;
let script: Script = () => openaiText("Hello");
// Each takes half a second to start, so that the official client's tests share both.
let server: RunningServer;
let mcp: McpClient;
let before: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-mcp-"));
  upstream = openUpstream((...asked) => script(...asked));
  await Bun.write(join(folder, "parley.yaml"), providerYaml({ name: "one", origin: upstream.origin }));
  server = await startServer(fromSource, { cwd: folder, env });
  before = servers().length;
  mcp = await start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

// From source it takes half a second to read, and would be read again as it starts itself once more with these.
const env = { ...startVariables, PARLEY_DISCOVERY: "false", PARLEY_TITLES: "words" };
const [command = "", ...args] = [...fromSource, "mcp"];
const start = () =>
  connect(
    new StdioClientTransport({ command, args, cwd: folder, env: bareEnvironment(folder, env), stderr: "ignore" }),
  );
const stalls: Script = () => [
  ...chunked([`data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta: { content: "So" } }] })}\n\n`]),
  "hang",
];
const servers = () => readdirSync(join(folder, "share/parley/servers"));

describe("parley mcp", () => {
  test("serves the official client, beside a server on the same data, and tells progress", async () => {
    const form = new FormData();
    form.append("files", new File(["A cat sleeps for sixteen hours."], "cat.md"));
    await fetch(`${server.origin}/backend-api/v2/files/zoo`, { method: "POST", body: form });
    expect(mcp.client.getServerVersion()?.name).toBe("parley");
    expect((await mcp.client.listTools()).tools.length).toBe(7);
    expect(textOf(await mcp.call("search_files", { query: "cat" }))).toContain("sixteen hours");
    let told = 0;
    const asked = { name: "ask_model", arguments: { prompt: "Hi", model: "m" } };
    const result = await mcp.client.callTool(asked, undefined, { onprogress: () => void told++ });
    expect(result.content).toEqual([{ type: "text", text: "Hello" }]);
    expect(told).toBeGreaterThan(0);
  });

  test("ends a call that is cancelled, and those of a client that leaves, and leaves nothing behind", async () => {
    script = stalls;
    const controller = new AbortController();
    const asked = upstream.requests.length;
    const call = (signal?: AbortSignal) =>
      mcp.client
        .callTool({ name: "ask_model", arguments: { prompt: "Hi", model: "m" } }, undefined, {
          ...(signal && { signal }),
        })
        .catch((thrown: unknown) => String(thrown));
    const cancelled = call(controller.signal);
    while (upstream.requests.length === asked) await Bun.sleep(5);
    controller.abort("enough");
    expect(await cancelled).toContain("enough");
    await upstream.requests.at(-1)?.closed;
    const left = call();
    while (upstream.requests.length === asked + 1) await Bun.sleep(5);
    expect(servers().length).toBeGreaterThan(before);
    await mcp.client.close();
    expect(await left).toContain("closed");
    await upstream.requests.at(-1)?.closed;
    expect(servers().length).toBe(before);
    script = () => openaiText("Hello");
  });

  test("says nothing but the protocol on standard output, and ends with its input", async () => {
    const lines = [
      request("initialize", { protocolVersion: "2024-11-05" }),
      { jsonrpc: "2.0", method: "notifications/initialized" },
      [request("ping", {}, 2), request("no/such", {}, 3)],
      "no JSON",
      "",
      request("tools/call", { name: "ask_model", arguments: { prompt: "Hi", model: "m" } }, 4),
    ];
    const input = lines.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join("\r\n");
    const { code, out, error } = await runCommand(fromSource, ["mcp"], { cwd: folder, env, input });
    expect([code, error]).toEqual([0, ""]);
    const said = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(said).toHaveLength(4);
    expect(said).toContainEqual(
      expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32700 }) }),
    );
    expect(said).toContainEqual([
      { jsonrpc: "2.0", id: 2, result: {} },
      expect.objectContaining({ id: 3, error: expect.objectContaining({ code: -32601 }) }),
    ]);
    expect(said).toContainEqual(
      expect.objectContaining({ id: 1, result: expect.objectContaining({ protocolVersion: "2024-11-05" }) }),
    );
    expect(said).toContainEqual(
      expect.objectContaining({
        id: 4,
        result: expect.objectContaining({ content: [{ type: "text", text: "Hello" }] }),
      }),
    );
  });

  test("ends well by SIGTERM and SIGINT, whatever it is answering", async () => {
    script = stalls;
    const asked = upstream.requests.length;
    const question = request("tools/call", { name: "ask_model", arguments: { prompt: "Hi", model: "m" } });
    const begun = (["SIGTERM", "SIGINT"] as const).map(async (signal) => {
      const child = Bun.spawn([command, ...args], {
        cwd: folder,
        env: bareEnvironment(folder, env),
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
      });
      child.stdin.write(`${JSON.stringify(question)}\n`);
      await child.stdin.flush();
      while (upstream.requests.length < asked + 2) await Bun.sleep(5);
      child.kill(signal);
      return [await child.exited, await new Response(child.stderr).text()];
    });
    const fine = [0, ""];
    expect(await Promise.all(begun)).toEqual([fine, fine]);
    await Promise.all(upstream.requests.slice(asked).map(({ closed }) => closed));
    script = () => openaiText("Hello");
  });

  test("says what a program's configuration wants", async () => {
    const { out } = await runCommand(fromSource, ["mcp", "--help"], { cwd: folder, env });
    const [json = ""] = /^\{"mcpServers".*$/m.exec(out) ?? [];
    expect(JSON.parse(json)).toEqual({ mcpServers: { parley: { command: "parley", args: ["mcp"] } } });
  });
});
