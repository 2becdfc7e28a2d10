import { expect, test } from "bun:test";
import fc from "fast-check";
import { createLineDecoder } from "../../src/lib/lines.ts";
import { createSseDecoder, encodeSse, type SseMessage } from "../../src/lib/sse.ts";

function decode(text: string, offsets: readonly number[] = []): SseMessage[] {
  const bytes = new TextEncoder().encode(text);
  const decoder = createSseDecoder();
  const cuts = [...new Set([0, ...offsets.map((offset) => offset % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  const messages = cuts.slice(1).flatMap((end, index) => decoder.push(bytes.subarray(cuts[index], end)));
  return [...messages, ...decoder.end()];
}

test("reads what the specification shows", () => {
  expect(decode("data: YHOO\ndata: +2\ndata: 10\n\n")).toEqual([{ event: "", data: "YHOO\n+2\n10" }]);
  expect(
    decode(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n").map(
      ({ data }) => data,
    ),
  ).toEqual(["first event", "second event", " third event"]);
  expect(decode("data\n\ndata\ndata\n\n")).toEqual([]);
  expect(decode("event: add\ndata: 73857293\n\n")).toEqual([{ event: "add", data: "73857293" }]);
});

test("ends lines with LF, CRLF and CR, and passes a byte order mark over", () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    expect(decode(`\uFEFFevent: a${end}data: x${end}${end}data: y${end}${end}`)).toEqual([
      { event: "a", data: "x" },
      { event: "", data: "y" },
    ]);
  }
});

test("gives a last message whose blank line never came, but no half line", () => {
  expect(decode("data: whole\n")).toEqual([{ event: "", data: "whole" }]);
  expect(decode("data: whole\n\ndata: ha")).toEqual([{ event: "", data: "whole" }]);
});

test("reads the same wherever the bytes are cut", () => {
  const line = fc.oneof(
    fc.constant("data: 你好 👋"),
    fc.constant("event: e"),
    fc.constant(": c"),
    fc.constant(""),
    fc.string().map((text) => `data: ${text.replace(/[\r\n]/g, "")}`),
  );
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom("\n", "\r\n", "\r"), fc.array(fc.nat()), (lines, end, offsets) => {
      const text = lines.map((each) => each + end).join("");
      expect(decode(text, offsets)).toEqual(decode(text));
    }),
    { numRuns: 500 },
  );
});

test("reads back what it writes", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(decode(encodeSse("run_1.1", "content", json))).toEqual([{ event: "content", data: json }]);
    }),
  );
});

test("refuses a line without end", () => {
  const decoder = createLineDecoder();
  const bytes = new Uint8Array(16 * 1024 * 1024).fill(97);
  expect(() => [1, 2, 3, 4, 5].forEach(() => decoder.push(bytes))).toThrow(RangeError);
});
