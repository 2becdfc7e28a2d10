import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conversationPath } from "../support/app.ts";
import { inTurns, openaiTurn } from "../support/calling-upstream.ts";
import { fromSource, startServer } from "../support/command.ts";
import { calling, resultsOf, toolProgram } from "../support/mcp/calling.ts";
import { openUpstream } from "../support/scripted-upstream.ts";

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each(["SIGTERM", "SIGKILL"] as const)("a program ends with a server that is ended by %s", async (signal) => {
  const cwd = mkdtempSync(join(tmpdir(), "parley-ended-"));
  using upstream = openUpstream(inTurns(openaiTurn, [{ calls: [calling("tools__process")] }, { text: "Done." }]));
  const provider = { name: "Work", type: "openai", base_url: upstream.origin, api_key: "test-key-0123", models: ["m"] };
  await Bun.write(join(cwd, "parley.yaml"), Bun.YAML.stringify({ providers: [provider], mcp_servers: [toolProgram] }));
  await using server = await startServer(fromSource, { cwd });
  const body = JSON.stringify({ messages: [{ role: "user", content: "Who are you?" }], model: "m", mcp: true });
  await (await fetch(server.origin + conversationPath, { method: "POST", body })).text();
  const pid = Number(/pid (\d+)/.exec(resultsOf(JSON.parse(upstream.requests[1]?.body ?? "{}"))[0] ?? "")?.[1]);
  expect(isAlive(pid)).toBe(true);
  server.child.kill(signal);
  await server.child.exited;
  while (isAlive(pid)) await Bun.sleep(10);
  rmSync(cwd, { recursive: true });
});
