import { expect, test } from "bun:test";
import { inTurns, openaiTurn, searching } from "../support/calling-upstream.ts";
import { textOf } from "../support/events.ts";
import { calling, labelledOf, resultsOf, toolProgram, toolsOf } from "../support/mcp/calling.ts";
import { logsOf } from "../support/routed.ts";
import { openSearching } from "../support/searching.ts";
import { page } from "../support/small-web.ts";

const question = {
  messages: [{ role: "user", content: "How high is the tide, twice?" }],
  mcp: true,
  web_search: "auto",
};
const openBoth = () =>
  openSearching({
    flags: { search_rounds: "1", tool_rounds: "2" },
    settings: { mcp_servers: [{ ...toolProgram, tools: ["add"] }] },
  });
const pages = { "/tides": page("Tides", "The tide is two metres high. ".repeat(20)) };

test("a model searches and calls tools in one answer, also at once, each within its bound", async () => {
  await using work = await openBoth();
  const turns = [
    { calls: [searching("tides"), calling("tools__add", { a: 2, b: 2 })] },
    { calls: [searching("tides")] },
    { calls: [calling("tools__add", { a: 1, b: 1 })], text: "Four." },
  ];
  work.begin(inTurns(openaiTurn, turns), { pages });
  const events = await work.ask(question);
  expect(toolsOf(work.body(0))).toEqual(["web_search", "read_page", "tools__add"]);
  expect(labelledOf(events).slice(0, 2)).toEqual([
    ["search", "tides"],
    ["tools: add", '{"a":2,"b":2}'],
  ]);
  const [found, sum] = resultsOf(work.body(1));
  expect(found).toContain("A few words of tides.");
  expect(sum).toContain("\n4\n");
  expect(work.counts()).toEqual([3]);
  expect(resultsOf(work.body(2)).at(-1)).toStartWith("Not done. Nothing more can be searched for or read");
  expect(resultsOf(work.body(2)).at(-1)).toContain("No more tools can be called");
  expect(textOf(events)).toStartWith("Four.");
  expect(logsOf(events)).toContain(
    "mcp: what the model asked for was not done: it had called tools as often as it may",
  );
});

test("tools are called no more often than they may, however often it may search", async () => {
  await using work = await openSearching({
    flags: { search_rounds: "3", tool_rounds: "1" },
    settings: { mcp_servers: [{ ...toolProgram, tools: ["add"] }] },
  });
  const add = { calls: [calling("tools__add", { a: 20, b: 22 })] };
  work.begin(inTurns(openaiTurn, [add, add, { calls: [searching("tides")] }, { text: "Done." }]), { pages });
  const events = await work.ask(question);
  const [first, second, found] = resultsOf(work.body(3));
  expect(first).toContain("\n42\n");
  expect(second).toBe("Not done. No more tools can be called: answer now, with what there is.");
  expect(found).toContain("A few words of tides.");
  expect(labelledOf(events).filter(([label]) => label === "tools: add")).toHaveLength(1);
  expect(textOf(events)).toStartWith("Done.");
});
