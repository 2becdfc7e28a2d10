import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromSource, runCommand, startServer } from "../support/command.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-health-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const health = (args: readonly string[] = [], env: Record<string, string> = {}) =>
  runCommand(fromSource, ["health", ...args], { cwd, env });

describe("parley health", () => {
  test("finds the server that the settings start, without its key and past the environment's proxy", async () => {
    const env = { PARLEY_HOST: "0.0.0.0", PARLEY_ACCESS_KEY: "a-key-of-this-test" };
    await using server = await startServer(fromSource, { cwd, env });
    const { port } = new URL(server.origin);
    const proxied = { ...env, PARLEY_PORT: port, HTTP_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1" };
    expect(await health([], proxied)).toEqual({
      code: 0,
      error: "",
      out: expect.stringMatching(new RegExp(`^Parley answers at http://127\\.0\\.0\\.1:${port}, in \\d+ ms\n$`)),
    });
    const told = await health(["--json", "--url", `http://localhost:${port}/`]);
    expect(JSON.parse(told.out)).toEqual({ origin: `http://localhost:${port}`, milliseconds: expect.any(Number) });
  });

  test("says why it does not find one, and fails", async () => {
    using other = openUpstream(() => answer(200, { status: "fine" }));
    const { code, error } = await health(["--url", other.origin]);
    expect([code, error]).toEqual([1, expect.stringContaining(`what answers at ${other.origin} is no Parley`)]);
    using ill = openUpstream(() => answer(502, "<h1>Bad gateway</h1>"));
    expect((await health(["--url", ill.origin])).error).toBe("parley: Parley answered 502\n");
    const refused = await health([], { PARLEY_PORT: "1" });
    expect([refused.code, refused.error]).toEqual([1, expect.stringContaining("127.0.0.1:1 refused the connection")]);
  });

  test("wants a port that can be known", async () => {
    const { code, error } = await health(["--port", "0"]);
    expect([code, error]).toEqual([2, expect.stringContaining("name it with --port")]);
  });
});
