import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { toYaml } from "../../src/cli/config/yaml.ts";
import { checkTools } from "../../src/cli/doctor/tools.ts";
import { calling, canary, misbehaving, openCalling, resultsOf, toolProgram, toolsOf } from "../support/mcp/calling.ts";

const fine = [{ text: "Fine." }];

let app: Awaited<ReturnType<typeof openCalling>>;
beforeAll(async () => {
  app = await openCalling([
    { ...toolProgram, tools: ["add", "sub"], always: true },
    { name: "closed", url: "http://127.0.0.1:9/mcp?key=query-canary", headers: { "x-key": "header-canary" } },
  ]);
});
afterAll(() => app[Symbol.asyncDispose]());

describe("what a request names", () => {
  test.each([
    [["toolz"], 'mcp: there is no server "toolz"; did you mean tools?'],
    [["elsewhere"], 'mcp: there is no server "elsewhere"; there are tools, closed'],
    [["tools/ad"], 'mcp: tools offers no tool "ad"; did you mean add?'],
    [["tools/forbidden"], 'mcp: tools offers no tool "forbidden"; its tools in parley.yaml are add, sub'],
    ["tools", "mcp: expected a boolean, or a list of at most 200 names, server or server/tool"],
    [[7], "mcp"],
  ])("and is not there is refused with the cure: %j", async (mcp, message) => {
    const response = await app.app.post(app.take(fine, { mcp }));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(JSON.stringify(message).slice(1, -1));
  });

  test("is all that is offered; what is always offered, is where nothing is named", async () => {
    const { mcp: _, ...silent } = app.take(fine);
    await app.ask(silent);
    expect(toolsOf(app.body(0))).toEqual(["tools__add"]);
    await app.say(fine, { mcp: [] });
    expect(toolsOf(app.body(0))).toEqual([]);
  });

  test("is always offered to people's questions, and never for the server's own", async () => {
    await using titled = await openCalling([{ ...toolProgram, always: true }], { flags: { titles: "model" } });
    const { mcp: _, ...silent } = titled.take([{ text: "Fine." }, { text: "A title" }]);
    await titled.ask({ ...silent, chat_id: "c1" });
    while (titled.requests().length < 2) await Bun.sleep(10);
    expect(toolsOf(titled.body(0)).length).toBeGreaterThan(0);
    expect(toolsOf(titled.body(1))).toEqual([]);
  });
});

describe("who wants to choose", () => {
  test("is told what there is, and whether it is up", async () => {
    await using own = await openCalling([
      { ...toolProgram, tools: ["add"] },
      { name: "far", url: "http://127.0.0.1:9/mcp", tools: ["x"] },
      { name: "any", url: "http://127.0.0.1:9/mcp", tools: ["*"] },
      { ...toolProgram, name: "none", tools: [] },
    ]);
    const list = async (query: string) => (await own.app.get(`/backend-api/v2/tools${query}`)).json();
    const named = (name: string) => ({ name, title: null, description: null });
    const unknown = { state: "unknown", reason: null, always: false };
    expect(await list("")).toEqual([
      { ...unknown, name: "tools", tools: [named("add")] },
      { ...unknown, name: "far", tools: [named("x")] },
      { ...unknown, name: "any", tools: [] },
      {
        ...unknown,
        name: "none",
        reason: "none of its tools may be called: name them in parley.yaml",
        tools: [],
      },
    ]);
    const asked = await list("?refresh=true");
    expect(asked[0]).toEqual({
      name: "tools",
      state: "up",
      reason: null,
      always: false,
      tools: [{ name: "add", title: "Add", description: "Adds two numbers." }],
    });
    expect(asked[1]).toMatchObject({ state: "down", reason: expect.stringContaining("far is not reachable") });
    expect(await list("")).toEqual(asked);
  });

  test("is told by the doctor what to do", async () => {
    const found = await checkTools(app.app.services);
    expect(found.map(({ name, status }) => [name, status])).toEqual([
      ["tools", "warn"],
      ["closed", "fail"],
    ]);
    expect(found[0]?.found).toContain("it has no tool sub");
    expect(found[1]?.cure).toContain("mcp_servers");
  });
});

describe("secrets", () => {
  test("are shown nowhere: not in the log, in events, in the settings, or by config print", async () => {
    await using own = await openCalling([
      toolProgram,
      misbehaving("refuses"),
      {
        name: "far",
        url: "http://127.0.0.1:9/mcp?key=query-canary",
        headers: { "x-key": "header-canary" },
        tools: ["*"],
      },
    ]);
    const events = await own.say([{ calls: [calling("refuses__work")] }, { text: "Done." }]);
    const settings = await (await own.app.get("/backend-api/v2/settings")).text();
    const { config } = own.app.services;
    const shown = [JSON.stringify(events), settings, toYaml(config), own.app.logged.join("\n")];
    while (!own.app.logged.some((line) => line.includes("the key is [redacted]"))) await Bun.sleep(10);
    for (const each of shown) expect(each).not.toMatch(/canary/);
    expect(settings).toContain("TOOL_TOKEN");
  });

  test("of ours are not in the environment of a program", async () => {
    await using own = await openCalling([toolProgram]);
    await own.say([{ calls: [calling("tools__environment")] }, { text: "Done." }]);
    const environment = JSON.parse(/\{.*\}/.exec(resultsOf(own.body(1))[0] ?? "")?.[0] ?? "{}");
    expect(environment.TOOL_TOKEN).toBe(canary);
    expect(
      Object.keys(environment).filter((name) => !["PATH", "HOME", "TOOL_TOKEN", "BUN_INSTALL"].includes(name)),
    ).toEqual([]);
  });
});

describe("settings of a server", () => {
  const load = (entry: object, environment = {}) => {
    const path = `${process.env.TMPDIR ?? "/tmp"}/parley-mcp-${crypto.randomUUID()}.yaml`;
    return Bun.write(path, Bun.YAML.stringify({ mcp_servers: [entry].flat() })).then(() =>
      loadConfig({ environment, flags: { config: path } }),
    );
  };

  test.each([
    [{ name: "a" }, "needs a command or a url"],
    [{ name: "a", command: "x", url: "http://x" }, "and not both"],
    [{ name: "a", url: "ftp://x" }, "begins with http:// or https://"],
    [{ name: "a", url: "http://me:secret@x" }, "name or password in its url"],
    [{ name: "a", url: "http://x", env: { A: "1" } }, "args and env are for a command"],
    [{ name: "a", command: "x", headers: { A: "1" } }, "headers are for a url"],
    [{ name: "a", url: "http://x", headers: { A: "1\n2" } }, "a header that cannot be sent"],
    [{ name: "a b", command: "x" }, "at most 32 letters"],
    [{ name: "a", command: "x", tools: "*" }, "a list of names of tools"],
    [
      [
        { name: "a", command: "x" },
        { name: "A", command: "y" },
      ],
      "two have the same name",
    ],
    [{ name: "a", comand: "x" }, "did you mean command?"],
  ])("that say what cannot be are refused: %j", async (entry, why) => {
    const refused = await load(entry).then(() => "", String);
    expect(refused).toContain(why);
  });

  test("that allow nothing are warned of, and read the environment where they say so", async () => {
    const config = await load({ name: "a", command: "x", env: { T: "${env.T_SECRET}" } }, { T_SECRET: "hidden-value" });
    expect(config.warnings.join("\n")).toContain("mcp_servers: a allows none of its tools");
    expect(config.mcp_servers[0]?.env).toEqual({ T: "hidden-value" });
    expect(config.secrets).toContain("hidden-value");
  });
});
