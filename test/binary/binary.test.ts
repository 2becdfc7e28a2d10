import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { root, runCommand, startServer } from "../support/command.ts";
import { readEvents, textOf } from "../support/events.ts";
import { answer, openaiText, openUpstream } from "../support/scripted-upstream.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-binary-"));
const program = [join(folder, "parley")];
const cwd = join(folder, "empty");

beforeAll(async () => {
  mkdirSync(cwd);
  const build = Bun.spawn([process.execPath, join(root, "src/build.ts"), program[0]!], {
    cwd: root,
    stdout: "pipe",
    stderr: "inherit",
  });
  expect(await build.exited).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the binary, alone in an empty folder", () => {
  test("knows its version and answers in the terminal", async () => {
    expect((await runCommand(program, ["--version"], { cwd })).out).toBe(`${manifest.version}\n`);
    const { code, out } = await runCommand(program, ["chat", "5 km in miles"], {
      cwd,
      env: { PARLEY_DISCOVERY: "false" },
    });
    expect([code, out]).toEqual([0, expect.stringContaining("5 km = 3.10685596119 miles")]);
  });

  test("serves the page and an answer from its help, refuses as from source, and stops cleanly", async () => {
    await using server = await startServer(program, { cwd });
    expect(await (await fetch(server.origin)).text()).toContain("<title>Parley</title>");
    expect(await (await fetch(`${server.origin}/page.js`)).text()).toContain("async function* events");
    const post = (body: unknown) =>
      fetch(`${server.origin}/backend-api/v2/conversation`, { method: "POST", body: JSON.stringify(body) });
    const events = await readEvents(
      await post({ messages: [{ role: "user", content: "How do I set an OpenAI key?" }] }),
    );
    expect(textOf(events)).toContain("OPENAI_API_KEY");
    const refused = await post({ messages: [{ role: "robot" }] });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      {
        error: {
          code: "invalid_request",
          message: "messages[0].role: expected one of system, developer, user, assistant, tool",
        },
      },
    ]);
    expect((await fetch(`${server.origin}/nothing`)).status).toBe(404);
    server.child.kill("SIGTERM");
    expect(await server.child.exited).toBe(0);
    expect(readdirSync(cwd)).toEqual(["share"]);
  });

  test("asks a real wire, and falls back", async () => {
    using down = openUpstream(() => answer(500, "<h1>no</h1>"));
    using up = openUpstream(() => openaiText("Hello"));
    writeFileSync(
      join(folder, "parley.yaml"),
      `providers: [{name: A, type: openai, base_url: '${down.origin}', api_key: k, models: [m]}, {name: B, type: openai, base_url: '${up.origin}', api_key: k, models: [m]}]`,
    );
    await using server = await startServer(program, { cwd, env: { PARLEY_CONFIG: join(folder, "parley.yaml") } });
    const response = await fetch(`${server.origin}/backend-api/v2/conversation`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] }),
    });
    expect(textOf(await readEvents(response))).toBe("Hello");
    expect([down.requests.length, up.requests.length]).toEqual([1, 1]);
  });

  test("runs nothing from the folder that it is started in", async () => {
    const trap = join(folder, "trap");
    mkdirSync(trap);
    writeFileSync(join(trap, "bunfig.toml"), 'preload = ["./evil.ts"]');
    writeFileSync(join(trap, "evil.ts"), 'await Bun.write("ran", "")');
    writeFileSync(join(trap, ".env"), "PARLEY_PORT=not-a-port");
    expect((await runCommand(program, ["models"], { cwd: trap, env: { PARLEY_DISCOVERY: "false" } })).code).toBe(0);
    expect(readdirSync(trap)).not.toContain("ran");
  });
});
