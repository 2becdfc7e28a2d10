import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { isListOfObjects, settingNames } from "../../src/config/settings.ts";
import { assertRun } from "../support/events.ts";
import { bareEnvironment, fromSource, runCommand, startServer } from "../support/command.ts";
import { answer, openaiText, openUpstream } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const cwd = mkdtempSync(join(tmpdir(), "parley-cli-"));
afterAll(() => rmSync(cwd, { recursive: true }));

writeFileSync(join(cwd, "file"), "");

const quiet = { PARLEY_DISCOVERY: "false" };
const run = (args: readonly string[], env: Record<string, string> = {}, input = "") =>
  runCommand(fromSource, args, { cwd, env: { ...quiet, ...env }, input });

describe("a command", () => {
  test.if(existsSync("/dev/full")).each(["ask 17 * 3", "chat 17 * 3", "keys create lost", "config print"])(
    "exits with 1 and says so where what it prints cannot be written: %s",
    async (command) => {
      const child = Bun.spawn([...fromSource, ...command.split(" ")], {
        cwd,
        env: bareEnvironment(cwd, { ...quiet, PARLEY_DATA_DIR: join(cwd, "full") }),
        stdout: Bun.file("/dev/full"),
        stderr: "pipe",
      });
      expect(await new Response(child.stderr).text()).toEndWith(
        "parley: what it prints could not be written (ENOSPC)\n",
      );
      expect(await child.exited).toBe(1);
    },
  );
});

describe("parley chat", () => {
  test("streams an answer to the terminal, without any key", async () => {
    const { code, out, error } = await run(["chat", "17", "*", "3"]);
    expect([code, error]).toEqual([0, ""]);
    expect(out).toContain("17 * 3 = 51");
  });

  test("prints the events with --json", async () => {
    const { code, out } = await run(["chat", "--json", "17 * 3"]);
    expect(code).toBe(0);
    assertRun(
      out
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    );
  });

  test("asks a real model with a key, reads standard input, and says what failed", async () => {
    using upstream = openUpstream((request, count) =>
      request.path === "/v1/models" || count > 3
        ? answer(401, { error: { message: "no" } })
        : openaiText("Hello ", "you"),
    );
    const env = { OPENAI_API_KEY: "test-key-0123", OPENAI_BASE_URL: `${upstream.origin}/v1` };
    const asked = await run(
      ["chat", "-m", "gpt-x", "-p", "openai", "-s", "Be brief.", "-"],
      env,
      "from standard input",
    );
    expect(asked).toEqual({ code: 0, out: "Hello you\n", error: "" });
    expect(JSON.parse(upstream.requests[0]!.body).messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "from standard input" },
    ]);
    await run(["chat", "-p", "openai", "-m", "x", "again"], env);
    await run(["chat", "-p", "openai", "-m", "x", "again"], env);
    const failed = await run(["chat", "-p", "openai", "-m", "x", "again"], env);
    expect(failed.code).toBe(1);
    expect(failed.error).toBe(
      "parley: MissingAuthError: OpenAI answered 401: no; set OPENAI_API_KEY or send api_key\n",
    );
  });

  test("reads what is piped to it, and asks nothing where nothing was asked", async () => {
    expect((await run(["chat"], {}, "17 * 3")).out).toContain("17 * 3 = 51");
    for (const args of [["chat"], ["chat", ""], ["chat", "-"]])
      expect(await run(args)).toEqual({ code: 2, out: "", error: expect.stringContaining("the question is empty") });
  });

  test("ends, and its upstream with it, when nobody reads the answer any more", async () => {
    const child = Bun.spawn(
      [
        "sh",
        "-c",
        `"$@" | head -c 10`,
        "sh",
        ...fromSource,
        "chat",
        "--scripted",
        "-p",
        "Scripted",
        "word ".repeat(5000),
      ],
      {
        cwd,
        env: { ...process.env, ...quiet, XDG_DATA_HOME: join(cwd, "share") },
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    expect(await new Response(child.stdout).text()).toBe("word word ");
    expect(await new Response(child.stderr).text()).toBe("");
    expect(await child.exited).toBe(0);
  });

  test("says that a runtime is not running", async () => {
    const { code, error } = await run(["chat", "-p", "jan", "hi"], { JAN_BASE_URL: "http://127.0.0.1:1/v1" });
    expect([code, error]).toEqual([1, expect.stringContaining("Jan is not reachable: 127.0.0.1:1 refused")]);
  });

  test("refuses an unknown provider, and proposes the nearest", async () => {
    const { code, error } = await run(["chat", "-p", "Nobody", "hi"]);
    expect(code).toBe(1);
    expect(error).toStartWith('parley: no provider is called "Nobody"');
    expect((await run(["chat", "-p", "opnai", "hi"])).error).toEndWith("did you mean OpenAI?\n");
  });
});

describe("parley", () => {
  test("--version and --help, which names every command and how to begin", async () => {
    expect((await run(["--version"])).out).toBe(`${manifest.version} (from source)\n`);
    const { out } = await run(["--help"]);
    for (const word of ["serve", "chat", "models", "providers", "config", "Examples:", "Exit codes"])
      expect(out).toContain(word);
  });

  test("serve --help has every setting with its variable and default", async () => {
    const { out } = await run(["serve", "--help"]);
    const words = out.replace(/\s+/g, " ");
    for (const name of settingNames)
      if (!isListOfObjects(name)) expect(words).toContain(`PARLEY_${name.toUpperCase()}`);
    expect(words).toContain("default 7337");
  });

  test("models and providers, as tables and as JSON", async () => {
    expect((await run(["models"])).out).toMatch(/^MODEL +PROVIDERS +ALSO\nhelp +Builtin\n$/);
    expect(JSON.parse((await run(["models", "--json"])).out)).toMatchObject([{ name: "help" }]);
    expect((await run(["providers"])).out).toMatch(/^OpenAI +needs a key/m);
    expect(JSON.parse((await run(["providers", "--json"])).out)[0].name).toBe("AnyProvider");
  });

  test("says what is wrong with a call or a setting, and exits with 2 for both", async () => {
    expect(await run(["serve", "--port", "x"])).toEqual({
      code: 2,
      out: "",
      error: "parley: --port: expected integer\n",
    });
    const typo = await run(["sreve"]);
    expect([typo.code, typo.error]).toEqual([2, expect.stringContaining("Did you mean serve?")]);
    const broken = await run(["chat", "hi", "--data-dir", join(cwd, "file")]);
    expect([broken.code, broken.error]).toEqual([
      2,
      expect.stringMatching(/^parley: the data directory .*\/file cannot be used: .*\n$/),
    ]);
    for (const [said, ...call] of [
      ["name: expected 1 to", "keys", "create", "../x"],
      ["--chat: expected 1 to", "chat", "--chat", "../x", "hi"],
      ["needs: expected one of vision", "route", "explain", "--needs", "flying"],
    ]) {
      const { code, error } = await run(call);
      expect([code, error]).toEqual([2, expect.stringContaining(`parley: ${said}`)]);
    }
    const open = await run(["serve", "--host", "0.0.0.0"]);
    expect([open.code, open.error]).toEqual([
      2,
      expect.stringContaining("without a key anybody could use your models"),
    ]);
  });
});

describe("parley serve", () => {
  test("prints where it listens, keeps its data private, answers, and stops cleanly on SIGTERM", async () => {
    await using server = await startServer(fromSource, { cwd });
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
    expect(existsSync(join(cwd, "share/parley/parley.db"))).toBe(true);
    expect(statSync(join(cwd, "share/parley")).mode & 0o777).toBe(0o700);
    server.child.kill("SIGTERM");
    expect(await server.child.exited).toBe(0);
  });

  test("lets a running answer end when it stops, and ends at once at the second signal", async () => {
    const args = ["--scripted"];
    await using server = await startServer(fromSource, { cwd, args });
    const ask = (words: number) =>
      fetch(`${server.origin}/backend-api/v2/conversation`, {
        method: "POST",
        body: JSON.stringify({ provider: "Scripted", messages: [{ role: "user", content: "word ".repeat(words) }] }),
      });
    const response = await ask(20);
    server.child.kill("SIGTERM");
    expect(await response.text()).toContain('{"reason":"stop"}');
    expect(await server.child.exited).toBe(0);

    await using other = await startServer(fromSource, { cwd, args });
    const endless = await fetch(`${other.origin}/backend-api/v2/conversation`, {
      method: "POST",
      body: JSON.stringify({ provider: "Scripted", messages: [{ role: "user", content: "word ".repeat(5000) }] }),
    });
    void endless.text().catch(() => {});
    other.child.kill("SIGTERM");
    // Of two signals at once one alone may be heard.
    await until(async () => (await fetch(`${other.origin}/readyz`)).status === 503);
    other.child.kill("SIGTERM");
    expect(await other.child.exited).toBe(1);
  });

  test("says that a port is taken, and which is free", async () => {
    await using server = await startServer(fromSource, { cwd });
    const { port } = new URL(server.origin);
    const { code, error } = await run(["serve", "--port", port]);
    expect(code).toBe(2);
    expect(error).toMatch(
      new RegExp(`^parley: port ${port} is taken, perhaps by another Parley; (\\d+) is free: --port \\1\n$`),
    );
  });

  test("sends more than 256 requests at once", async () => {
    using upstream = openUpstream(() => ["hang"]);
    const env = { OPENAI_API_KEY: "test-key-0123", OPENAI_BASE_URL: upstream.origin };
    await using server = await startServer(fromSource, { cwd, env });
    const controller = new AbortController();
    const body = JSON.stringify({ provider: "OpenAI", model: "m", messages: [{ role: "user", content: "Hi" }] });
    // In a process of its own: this one has Bun's cap too.
    const script = `for (let i = 0; i < 300; i++) Bun.connect({ hostname: "127.0.0.1", port: ${new URL(server.origin).port}, socket: { open(s) { s.write(${JSON.stringify(`POST /backend-api/v2/conversation HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`)}); }, data() {} } }); await Bun.sleep(20000);`;
    const client = Bun.spawn([process.execPath, "-e", script]);
    for (let tries = 0; tries < 300 && upstream.requests.length < 300; tries++) await Bun.sleep(50);
    expect(upstream.requests.length).toBe(300);
    client.kill();
    controller.abort();
  });
});

describe("parley route explain", () => {
  test("prints the order and who is left out, without asking anybody", async () => {
    writeFileSync(
      join(cwd, "routes.yaml"),
      Bun.YAML.stringify({
        routes: [
          {
            name: "smart",
            strategy: "cheapest",
            providers: [
              { provider: "OpenAI", model: "gpt-4o", when: { max_price: 0.1 } },
              { provider: "Groq", model: "openai/gpt-oss-20b" },
            ],
          },
        ],
        providers: ["OpenAI", "Groq"].map((name) => ({ name, api_key: "k", models: [] })),
      }),
    );
    const explained = await run(["route", "explain", "-m", "smart", "--config", "routes.yaml"]);
    expect(explained).toEqual({
      code: 0,
      error: "",
      out: `strategy: cheapest; route: smart

    PROVIDER  MODEL               WAITED FOR
1.  Groq      openai/gpt-oss-20b

LEFT OUT  MODEL   WHY
OpenAI    gpt-4o  its condition max_price does not hold: it costs 4.375
`,
    });
    const json = await run(["route", "explain", "-m", "smart", "--config", "routes.yaml", "--json"]);
    expect(JSON.parse(json.out).candidates).toMatchObject([{ provider: "Groq", model: "openai/gpt-oss-20b" }]);
    const wrong = await run(["route", "explain", "--prompt-tokens", "many"]);
    expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining("Expected a number of tokens")]);
    const nobody = await run(["route", "explain", "-m", "no-such-model"]);
    expect([nobody.code, nobody.out]).toEqual([1, expect.stringContaining("nobody would be asked")]);
  });
});
