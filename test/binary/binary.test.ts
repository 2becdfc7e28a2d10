import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import manifest from "../../package.json" with { type: "json" };
import { openChannel } from "../support/channel.ts";
import { bareEnvironment, root, runCommand, startServer } from "../support/command.ts";
import { readEvents, textOf } from "../support/events.ts";
import { connect, connectTo } from "../support/mcp.ts";
import { toPng } from "../support/pictures.ts";
import { answer, chunked, lastChunk, openaiText, openUpstream, toChunk } from "../support/scripted-upstream.ts";
import { keys, openTerminal } from "../support/terminal.ts";
import { openSmallWeb, page } from "../support/small-web.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-binary-"));
const program = [join(folder, "parley")];
const cwd = join(folder, "empty");

beforeAll(async () => {
  mkdirSync(cwd);
  const build = Bun.spawn([process.execPath, join(root, "src/build.ts"), "--outfile", program[0]!], {
    cwd: root,
    stdout: "pipe",
    stderr: "inherit",
  });
  expect(await build.exited).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the binary, alone in an empty folder", () => {
  test("knows its version and answers in the terminal", async () => {
    // With the commit that it was built from, unless that is not known.
    const said = (await runCommand(program, ["--version"], { cwd })).out;
    expect(said).toMatch(/^\d+\.\d+\.\d+ \(([0-9a-f]{12}\+?|unknown)\)\n$/);
    expect(said).toStartWith(manifest.version);
    const { code, out } = await runCommand(program, ["chat", "5 km in miles"], {
      cwd,
      env: { PARLEY_DISCOVERY: "false" },
    });
    expect([code, out]).toEqual([0, expect.stringContaining("5 km = 3.10685596119 miles")]);
  });

  test("talks at a terminal", async () => {
    await using session = openTerminal(program, ["chat", "--discovery", "false"], { cwd });
    await session.until("> ");
    session.type("17 * 3");
    await session.until("17 * 3 = 51");
    await session.until("> ");
    session.type(`${keys.up}${keys.enter}`);
    await session.until("17 * 3 = 51");
    await session.until("> ");
    session.type(keys.end);
    expect(await session.exited).toBe(0);
  });

  test("serves the page and an answer from its help, refuses as from source, and stops cleanly", async () => {
    await using server = await startServer(program, { cwd });
    const read = async (path: string) => (await fetch(`${server.origin}${path}`)).text();
    const page = await read("/");
    expect(page).toContain("<title>Parley</title>");
    for (const path of [page, await read("/docs")].map((html) => /\/assets\/[\w-]+\.js/.exec(html)?.[0] ?? "")) {
      const script = await fetch(server.origin + path, { headers: { "accept-encoding": "br" } });
      expect(script.headers.get("content-encoding")).toBe("br");
      expect((await script.text()).length).toBeGreaterThan(1000);
    }
    const document = await (await fetch(`${server.origin}/openapi.json`)).json();
    expect(document.components.schemas.RunInfo.description).toBe("A run as it stands now. Times are ISO 8601, UTC.");
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
    const health = () => runCommand(program, ["health", "--port", new URL(server.origin).port], { cwd });
    expect((await health()).code).toBe(0);
    server.child.kill("SIGTERM");
    expect(await server.child.exited).toBe(0);
    expect((await health()).code).toBe(1);
    expect(readdirSync(cwd)).toEqual(["share"]);
  });

  test("starts without any environment, lets nobody wait in vain who comes early, and leaves no process behind", async () => {
    const alone = join(folder, "alone");
    mkdirSync(alone);
    const port = freePort();
    const start = () =>
      Bun.spawn([...program, "--port", String(port), "--data-dir", "data"], {
        cwd: alone,
        env: {},
        stdout: "ignore",
        stderr: "ignore",
      });
    const marks = () => readdirSync(join(alone, "data", "servers")).filter((name) => name.endsWith(".lock"));
    await using server = start();
    // As in the README.
    const ask = () =>
      fetch(`http://127.0.0.1:${port}/backend-api/v2/conversation`, {
        method: "POST",
        body: '{"messages":[{"role":"user","content":"What can you do?"}]}',
      });
    const early = await untilAccepted(ask);
    expect([early.status, textOf(await readEvents(early))]).toEqual([
      200,
      expect.stringContaining("I quote Parley's help"),
    ]);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    if (process.platform === "linux") expect(processesIn(alone)).toEqual([]);
    expect(marks()).toEqual([]);

    // Told to stop as soon as it can be reached, while it opens what it has.
    await using stopped = start();
    await untilAccepted(() => Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }));
    stopped.kill("SIGTERM");
    expect(await stopped.exited).toBe(0);
    expect(marks()).toEqual([]);
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

  test("gives its tools to others by MCP: started by them, and asked as a server", async () => {
    const env = { PARLEY_DISCOVERY: "false" };
    const [command = ""] = program;
    await using started = await connect(
      new StdioClientTransport({ command, args: ["mcp"], cwd, env: bareEnvironment(cwd, env) }),
    );
    await using server = await startServer(program, { cwd });
    await using asked = await connectTo(server);
    for (const { call } of [started, asked])
      expect((await call("ask_model", { prompt: "17 * 3" })).content[0]?.text).toContain("17 * 3 = 51");
  });

  test("keeps what a model draws, finds it by its words, and shows it small", async () => {
    const png = toPng(800, 400, (x, y) => [x % 256, y % 256, 0, 255]).toString("base64");
    using upstream = openUpstream(() => answer(200, { created: 1, data: [{ b64_json: png }] }));
    writeFileSync(
      join(folder, "draws.yaml"),
      `providers: [{name: A, type: openai, base_url: '${upstream.origin}', api_key: k, models: [dall-e-3]}]`,
    );
    await using server = await startServer(program, { cwd, env: { PARLEY_CONFIG: join(folder, "draws.yaml") } });
    const ask = { method: "POST", body: JSON.stringify({ messages: [{ role: "user", content: "红色的猫" }] }) };
    await readEvents(await fetch(`${server.origin}/backend-api/v2/conversation`, ask));
    const found = await fetch(`${server.origin}/search/${encodeURIComponent("色的")}`);
    expect(Buffer.from(await found.arrayBuffer()).toString("base64")).toBe(png);
    const small = await fetch(found.url.replace("/media/", "/thumbnail/"));
    expect(await new Bun.Image(await small.bytes()).metadata()).toEqual({ width: 400, height: 200, format: "webp" });
  });

  test("searches the web, reads what it finds, keeps it in its thread, and answers in the terminal from there", async () => {
    using upstream = openUpstream(() => openaiText("Twice."));
    await using web = openSmallWeb({ pages: { "/tides": page("Tides", "The tide turns twice a day.") } });
    const provider = { name: "A", type: "openai", base_url: upstream.origin, api_key: "k", models: ["m"] };
    writeFileSync(join(folder, "web.yaml"), Bun.YAML.stringify({ providers: [provider], search_timeout: 60 }));
    const { searxng_url, allowed_hosts } = web.settings;
    const env = {
      PARLEY_CONFIG: join(folder, "web.yaml"),
      PARLEY_DATA_DIR: join(folder, "web"),
      PARLEY_SEARCH_ENGINES: "searxng",
      PARLEY_SEARXNG_URL: searxng_url,
      PARLEY_ALLOWED_HOSTS: allowed_hosts,
    };
    const said = `Twice.\n\n\n\n> [0] [Tides](${web.origin}/tides)`;
    await using server = await startServer(program, { cwd, env });
    const create = async (query: string) =>
      (await fetch(`${server.origin}/backend-api/v2/create?prompt=tides&${query}`)).text();
    expect(await create("model=m&web_search=true")).toBe(said);
    expect(upstream.requests[0]?.body).toContain("The tide turns twice a day.");
    expect(await create("provider=CachedSearch")).toStartWith(`[0] Tides\n${web.origin}/tides\n\nThe tide turns`);
    server.child.kill("SIGTERM");
    expect(await server.child.exited).toBe(0);
    const asked = await runCommand(program, ["ask", "-m", "m", "tides", "--web"], { cwd, env });
    expect([asked.code, asked.out, asked.error]).toEqual([0, `${said}\n`, ""]);
    expect([web.queries, web.reads]).toEqual([["tides"], ["/tides"]]);
  });

  test("reads cookies and what clients log in its threads, and does once what has an Idempotency-Key", async () => {
    await using server = await startServer(program, { cwd });
    const form = new FormData();
    form.append("file", Bun.file(join(root, "test/fixtures/cookies/chrome.har")));
    const post = async (path: string, body: BodyInit, headers = {}) =>
      (await fetch(`${server.origin}/backend-api/v2/${path}`, { method: "POST", body, headers })).json();
    const domains = [{ domain: "chat.example", cookies: 1 }];
    expect(await post("upload_cookies", form)).toEqual({ file: "chrome.har", domains });
    for (let count = 0; count < 2; count++) await post("log", '{"a":1}', { "idempotency-key": "k" });
    const { entries } = await (await fetch(`${server.origin}/backend-api/v2/log`)).json();
    expect(entries).toEqual([{ origin: null, received_at: expect.any(String), a: 1 }]);
  });

  test("carries answers over the channel, has them after it was killed, and lets them end when it is stopped", async () => {
    const piece = (content: string) => `data: ${JSON.stringify({ model: "m", choices: [{ delta: { content } }] })}\n\n`;
    const end = [toChunk("data: [DONE]\n\n"), lastChunk];
    const { promise: hasStopped, resolve: goOn } = Promise.withResolvers<void>();
    using upstream = openUpstream((_, count) =>
      count === 1
        ? [...chunked([piece("Once")]), "hang"]
        : [...chunked([piece("Twice")]), { until: hasStopped }, ...end],
    );
    const provider = { name: "A", type: "openai", base_url: upstream.origin, api_key: "k", models: ["m"] };
    writeFileSync(join(folder, "one.yaml"), Bun.YAML.stringify({ providers: [provider] }));
    const start = () => startServer(program, { cwd, env: { PARLEY_CONFIG: join(folder, "one.yaml") } });
    const request = { model: "m", provider: "A", messages: [{ role: "user", content: "Hi" }] };
    const killed = await start();
    const before = await openChannel(killed.origin);
    before.send({ op: "run", id: "a", request });
    const { run_id, seq } = await before.find(({ content }) => content === "Once");
    await Bun.sleep(150);
    await killed[Symbol.asyncDispose]();

    await using server = await start();
    using after = await openChannel(server.origin);
    after.send({ op: "attach", id: "a", run_id: String(run_id), after: Number(seq) });
    expect((await after.events("a")).map(({ type }) => type)).toEqual(["error", "finish"]);
    after.send({ op: "run", id: "b", request });
    await after.find(({ content }) => content === "Twice");
    server.child.kill("SIGTERM");
    const isReady = async () => (await fetch(`${server.origin}/readyz`)).status;
    while ((await isReady()) === 200) await Bun.sleep(5);
    expect(await isReady()).toBe(503);
    goOn();
    expect((await after.events("b")).at(-1)).toMatchObject({ type: "finish", finish: { reason: "stop" } });
    expect((await after.closed).code).toBe(1001);
    expect(await server.child.exited).toBe(0);
  });

  test("imports chats and finds words in them, after it was killed too", async () => {
    const data = join(folder, "chats");
    const start = () => startServer(program, { cwd, env: { PARLEY_DATA_DIR: data } });
    const killed = await start();
    const chat = { chat_id: "c", messages: [{ message_id: "m", message: { role: "user", content: "A red lamp" } }] };
    const path = "/backend-api/v2/chats";
    const imported = await fetch(`${killed.origin}${path}/import`, { method: "POST", body: JSON.stringify(chat) });
    expect(await imported.json()).toMatchObject({ added: 1, messages: 1 });
    killed.child.kill("SIGKILL");
    await killed[Symbol.asyncDispose]();

    await using server = await start();
    const found = await fetch(`${server.origin}${path}?q=lamps`);
    expect(await found.json()).toMatchObject({ results: [{ chat_id: "c", snippet: "A red <mark>lamp</mark>" }] });
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

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop(true);
  return listener.port;
}

async function untilAccepted<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await Bun.sleep(1);
    }
  }
}

/** Those that have a folder as theirs. */
function processesIn(directory: string): string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`) === directory;
    } catch {
      return false;
    }
  });
}
