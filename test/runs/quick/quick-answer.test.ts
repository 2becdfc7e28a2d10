import { expect, test } from "bun:test";
import { toBlock, toBlockFilter, toJson } from "../../../src/runs/quick/quick-answer.ts";

const said = 'Here:\n```js\n1\n```\n```json\n{"a": 1}\n```\nDone.';
const toPieces = (text: string) => [
  { is: "words" as const, text },
  { is: "sources" as const, text: "\n\n\n\n> [0] [A page](http://site.test/)" },
];

test.each([
  [said, '{"a": 1}'],
  [' {"a": 1}\n', '{"a": 1}'],
  ["```\nnot json\n```\n```\n[null]\n```", "[null]"],
  ["no", undefined],
])("the JSON of %j is its first block that is such, or all of it", (text, json) => {
  expect(toJson(toPieces(text))).toBe(json);
});

test.each([
  ["JS,json", said, "1"],
  ["true", said, "1"],
  ["true", "no", "no"],
  ["ruby", said, ""],
])("of an answer filtered by %s what is wanted of %j is %j", (asked, text, block) => {
  const filter = toBlockFilter(asked);
  expect(filter && toBlock(toPieces(text), filter)).toBe(block);
});
