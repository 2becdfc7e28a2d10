import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { textOf } from "../support/events.ts";
import {
  calling,
  labelledOf,
  openCalling,
  resultsOf,
  toolProgram,
  toolsOf,
  wireNames,
} from "../support/mcp/calling.ts";
import { openHttpTools } from "../support/mcp/http.ts";
import { logsOf } from "../support/routed.ts";

let web: ReturnType<typeof openHttpTools>;
let app: Awaited<ReturnType<typeof openCalling>>;
beforeAll(async () => {
  web = openHttpTools();
  app = await openCalling([toolProgram, { name: "web", url: web.url, tools: ["add"] }]);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
});

const finishOf = (events: Parameters<typeof logsOf>[0]) =>
  events.flatMap((event) => (event.type === "finish" ? [event.finish.reason] : []));

describe.each(wireNames)("asked as %s, a model", (wire) => {
  test.each(["tools", "web"])("calls a tool of the server %s, and answers with what it gave", async (server) => {
    const turns = [
      { text: "Let me see.", calls: [calling(`${server}__add`, { a: 19, b: 23 })] },
      { text: "It is 42." },
    ];
    const events = await app.say(turns, { wire, mcp: [server] });
    expect(textOf(events)).toBe("Let me see.\n\nIt is 42.");
    expect(labelledOf(events)).toEqual([[`${server}: add`, '{"a":19,"b":23}']]);
    expect(events.some(({ type }) => type === "tool_calls")).toBe(false);
    expect(finishOf(events)).toEqual(["stop"]);
    expect(app.requests(wire)).toHaveLength(2);
    expect(JSON.stringify(app.body(0, wire))).toContain(`${server}__add`);
    expect(JSON.stringify(app.body(1, wire))).toContain("<tool_result>\\n42\\n</tool_result>");
    expect(events.find(({ type }) => type === "usage")).toMatchObject({ usage: { prompt_tokens: 200 } });
  });
});

test("several calls of a turn are done at once, and answered in their order", async () => {
  const calls = [1, 2, 3].map((a) => calling("tools__add", { a, b: 0 }));
  await app.say([{ calls }, { text: "Done." }]);
  expect(resultsOf(app.body(1)).map((result) => /\n(\d)\n/.exec(result)?.[1])).toEqual(["1", "2", "3"]);
});

test("a model is offered what is allowed and asked for, and nothing by default", async () => {
  const offered = async (mcp: unknown) => {
    await app.say([{ text: "Fine." }], { mcp });
    return toolsOf(app.body(0));
  };
  expect(await offered(undefined)).toEqual([]);
  expect(await offered(null)).toEqual([]);
  expect(await offered(false)).toEqual([]);
  expect(await offered([])).toEqual([]);
  expect(await offered(["web"])).toEqual(["web__add"]);
  expect(await offered(["tools/add", "tools/fail", "web"])).toEqual(["tools__add", "tools__fail", "web__add"]);
  expect((await offered(["tools/add", "tools"])).length).toBeGreaterThan(10);
  expect((await offered(true)).filter((name) => name.endsWith("__add"))).toEqual(["tools__add", "web__add"]);
});
