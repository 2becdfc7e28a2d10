import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { textOf } from "../support/events.ts";
import { calling, misbehaving, openCalling, resultsOf, toolProgram, toolsOf } from "../support/mcp/calling.ts";
import { openHttpTools } from "../support/mcp/http.ts";
import { logsOf } from "../support/routed.ts";

const fine = [{ text: "Fine." }];
const hasty = { timeout: 0.3 };

const servers = [
  ...[
    "exits",
    "floods",
    "ancient",
    "dies",
    "refuses",
    "lies",
    "odd",
    "babbles",
    "shouts",
    "endless",
    "many",
    "absurd",
    "changes",
  ].map((way) => misbehaving(way)),
  misbehaving("mute", hasty),
  misbehaving("hangs", hasty),
  { name: "nobody", command: "there-is-no-such-program", tools: ["*"] },
  { name: "nowhere", command: "/nowhere/x", tools: ["*"] },
  { name: "far", url: "http://127.0.0.1:9/mcp", tools: ["*"] },
];

let app: Awaited<ReturnType<typeof openCalling>>;
beforeAll(async () => {
  app = await openCalling(servers);
});
afterAll(() => app[Symbol.asyncDispose]());

describe("a server that", () => {
  test.each([
    ["exits as it starts", "exits", /exits is gone: it ended with code 7/],
    ["says nothing", "mute", /mute did not answer within 0.3 s/],
    ["floods", "floods", /floods is gone: it sent a message of more than 10 MB/],
    ["speaks another version", "ancient", /ancient speaks no version of MCP that is known here/],
    ["is no program", "nobody", /no program there-is-no/],
    ["is no program at its path", "nowhere", /no program \/nowhere\/x/],
    ["is not there", "far", /far is not reachable/],
  ])("%s costs an answer nothing but its tools", async (_, name, why) => {
    const events = await app.say(fine, { mcp: [name] });
    expect(textOf(events)).toBe("Fine.");
    expect(toolsOf(app.body(0))).toEqual([]);
    expect(logsOf(events).join("\n")).toMatch(why);
  });

  test.each([
    ["dies in a call", "dies", /The tool failed: dies is gone: it ended with code 9/],
    ["hangs in a call", "hangs", /The tool failed: hangs did not answer within 0.3 s/],
    ["refuses", "refuses", /The tool failed: refuses refused: no, with token \[redacted\]/],
    ["answers what is no result", "lies", /The tool failed: lies answered nothing that is a result/],
    ["gives odd parts", "odd", /\(A part of a kind that is not known here.\)/],
    ["prints what is no message", "babbles", /babbles: done/],
    ["shouts at its standard error", "shouts", /shouts: done/],
  ])("%s has the model told so, which answers all the same", async (_, name, told) => {
    await app.untilOffered(name);
    const events = await app.say([{ calls: [calling(`${name}__work`)] }, { text: "Done." }], { mcp: [name] });
    expect(textOf(events)).toBe("Done.");
    expect(resultsOf(app.body(1))[0]).toMatch(told);
  });

  test("hangs is ended once it does not even answer a ping", async () => {
    while (!app.app.logged.some((line) => line.includes("it hangs"))) await Bun.sleep(50);
  });

  test("lists tools for ever, or more than anybody can read, is heard for a while", async () => {
    await app.say(fine, { mcp: ["endless"] });
    expect(toolsOf(app.body(0))).toHaveLength(50);
    const events = await app.say(fine, { mcp: ["many"] });
    expect(toolsOf(app.body(0))).toHaveLength(100);
    expect(logsOf(events)).toContain("mcp: of 1000 tools the first 100 are offered");
  });

  test("says that its list changed just after it has told it is asked again", async () => {
    await app.say(fine, { mcp: ["changes"] });
    expect(toolsOf(app.body(0))).toEqual(["changes__t1"]);
    await app.say(fine, { mcp: ["changes"] });
    expect(toolsOf(app.body(0))).toEqual(["changes__t2"]);
    await app.say(fine, { mcp: ["changes"] });
    expect(toolsOf(app.body(0))).toEqual(["changes__t2"]);
  });

  test("tells absurd tools has those left out, and the others named in letters that vendors take", async () => {
    await app.say(fine, { mcp: ["absurd"] });
    expect(toolsOf(app.body(0))).toEqual(["absurd__a_b_c_d", "absurd__a_b_c_d_2"]);
    expect(JSON.stringify(app.body(0)).length).toBeLessThan(3000);
  });

  test("is gone is started anew, after a while that grows", async () => {
    let now = Date.now();
    await using app = await openCalling([toolProgram], { clock: () => now });
    const pidOf = () => /pid (\d+)/.exec(resultsOf(app.body(1))[0] ?? "")?.[1];
    const ask = (tool: string) => app.say([{ calls: [calling(`tools__${tool}`)] }, { text: "Done." }]);
    await ask("process");
    const first = pidOf();
    await ask("process");
    expect(pidOf()).toBe(first);
    await ask("exit");
    expect(resultsOf(app.body(1))[0]).toContain("tools is gone: it ended with code 3");
    const events = await ask("process");
    expect(logsOf(events).join("\n")).toContain("its tools are not offered: tools is gone");
    now += 1500;
    await ask("process");
    expect(pidOf()).toMatch(/^\d+$/);
    expect(pidOf()).not.toBe(first);
  });
});

describe("a call is let go,", () => {
  test.each(["tools", "web"])("and its server %s told, when the run is cancelled", async (name) => {
    await using web = openHttpTools();
    await using app = await openCalling([name === "web" ? { name, url: web.url, tools: ["*"] } : toolProgram]);
    const said = (line: string) => [...app.app.logged, ...web.said].some((each) => each.includes(line));
    const body = app.take([{ calls: [calling(`${name}__slow`)] }], { mcp: [name], resumable: true });
    const response = await app.app.post(body);
    const id = response.headers.get("x-run-id") ?? "";
    const text = response.text();
    while (!said("slow began")) await Bun.sleep(10);
    await app.app.get(`/backend-api/v2/runs/${id}/cancel`, { method: "POST" });
    expect(await text).toContain('"reason":"cancelled"');
    while (!said("slow was cancelled")) await Bun.sleep(10);
  });

  test("and its server told, when it takes too long", async () => {
    await using app = await openCalling([{ ...toolProgram, timeout: 1.5 }]);
    await app.untilOffered("tools");
    await app.say([{ calls: [calling("tools__slow")] }, { text: "Done." }]);
    expect(resultsOf(app.body(1))[0]).toContain("did not answer within 1.5 s");
    while (!app.app.logged.some((line) => line.includes("slow was cancelled"))) await Bun.sleep(10);
  });
});

test("no program is left behind when the server stops", async () => {
  const app = await openCalling([toolProgram]);
  await app.say([{ calls: [calling("tools__process")] }, { text: "Done." }]);
  const pid = Number(/pid (\d+)/.exec(resultsOf(app.body(1))[0] ?? "")?.[1]);
  expect(() => process.kill(pid, 0)).not.toThrow();
  await app[Symbol.asyncDispose]();
  expect(() => process.kill(pid, 0)).toThrow();
});
