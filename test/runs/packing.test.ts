import { expect, test } from "bun:test";
import fc from "fast-check";
import type { RunEvent } from "../../src/protocol/events.ts";
import { pack, toNumbered, unpack } from "../../src/runs/packing.ts";

const number = (events: readonly RunEvent[], first = 1) =>
  events.map((event, index) => toNumbered(event, first + index));

// Whole characters, halves of them, line ends, and what could be taken for our own marks.
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\n", "\ud83d", "\ude00", '","lengths":[1]}', "x".repeat(400), "\u2028"),
);
const event: fc.Arbitrary<RunEvent> = fc.oneof(
  { weight: 5, arbitrary: text.map((content): RunEvent => ({ type: "content", content })) },
  { weight: 3, arbitrary: text.map((token): RunEvent => ({ type: "reasoning", token })) },
  text.map((status): RunEvent => ({ type: "reasoning", token: null, status })),
  text.map((token): RunEvent => ({ type: "reasoning", token, is_thinking: "<think>" })),
  text.map((alt): RunEvent => ({ type: "content", content: alt, urls: ["/media/a.png"], alt })),
  text.map((log): RunEvent => ({ type: "log", log })),
  fc.constant<RunEvent>({ type: "parameters", parameters: { lengths: [1, 2], text: "x" } }),
  fc.constant<RunEvent>({ type: "finish", finish: { reason: "stop" } }),
);

test("what is packed comes out as it went in, wherever it was cut, and pages of pages as well", () => {
  fc.assert(
    fc.property(fc.array(event), fc.nat(1e6), fc.nat(50), (events, first, cut) => {
      const numbered = number(events, first);
      const [head, tail] = [numbered.slice(0, cut), numbered.slice(cut)].map(pack);
      const joined = [head, tail].filter((packed) => packed !== "").join("\n");
      if (events.length > 0) expect(unpack(joined, first)).toEqual(numbered);
      const again = events.length > 0 ? pack(unpack(joined, first)) : "";
      if (events.length > 0) expect(unpack(again, first)).toEqual(numbered);
    }),
    { numRuns: 500 },
  );
});

test("a thousand tokens take little more than their letters", () => {
  const tokens = number(Array.from({ length: 1000 }, (): RunEvent => ({ type: "content", content: "token " })));
  expect(pack(tokens).length).toBeLessThan(6_000 + 2_000 + 100);
});

test("a line that is not ours is left out, and the others keep their numbers", () => {
  const packed = pack(
    number([
      { type: "log", log: "a" },
      { type: "log", log: "b" },
      { type: "log", log: "c" },
    ]),
  );
  const [a, , c] = packed.split("\n");
  expect(unpack(`${a}\n{"type":"log"\n${c}`, 1)).toEqual([
    toNumbered({ type: "log", log: "a" }, 1),
    toNumbered({ type: "log", log: "c" }, 3),
  ]);
});
