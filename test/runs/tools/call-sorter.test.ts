import { expect, test } from "bun:test";
import type { ToolCall } from "../../../src/protocol/events.ts";
import { createCallSorter } from "../../../src/runs/tools/call-sorter.ts";

test("pieces wait for their name, then go where it says, whatever comes between them", () => {
  const sorter = createCallSorter(new Set(["web_search"]));
  const pieces: ToolCall[] = [
    { index: 0, id: "a", function: { arguments: '{"q' } },
    { index: 1, id: "b", function: { arguments: "{" } },
    { index: 1, function: { name: "get_weather", arguments: "" } },
    { index: 0, function: { name: "web_search", arguments: 'uery":' } },
    { index: 1, function: { arguments: "}" } },
    { index: 0, function: { arguments: '"x"}' } },
  ];
  const shown = pieces.flatMap((piece) => sorter.sort({ type: "tool_calls", tool_calls: [piece] }));
  expect(sorter.ours).toEqual([{ id: "a", name: "web_search", arguments: '{"query":"x"}' }]);
  expect(sorter.shown).toBe(1);
  expect(shown.flatMap((event) => event.tool_calls)).toEqual([
    { index: 0, id: "b", function: { arguments: "{" } },
    { index: 0, function: { name: "get_weather", arguments: "" } },
    { index: 0, function: { arguments: "}" } },
  ]);
});
