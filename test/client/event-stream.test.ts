import { expect, test } from "bun:test";
import fc from "fast-check";
import { createStreamDecoder } from "../../client/event-stream.ts";

/** What a stream says, cut at these places. */
function decode(text: string, cuts: readonly number[] = []) {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.byteLength + 1)).sort((a, b) => a - b), bytes.byteLength];
  const decoder = createStreamDecoder();
  return places.slice(1).flatMap((end, index) => decoder.push(bytes.subarray(places[index], end)));
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const text = fc.string({ unit: "binary" }).map((each) => each.replaceAll(/[\r\n\uFEFF]/g, "").toWellFormed());

test("a stream is read whatever it is cut into, whichever line ends it has", () => {
  const message = fc.record({ id: fc.option(text, { nil: undefined }), lines: fc.array(text, { minLength: 1 }) });
  fc.assert(
    fc.property(fc.array(message), lineEnd, fc.array(fc.nat()), (messages, end, cuts) => {
      const written = messages.map(({ id, lines }) =>
        [
          ...(id === undefined ? [] : [`id: ${id}`]),
          ": a comment",
          "event: content",
          ...lines.map((line) => `data: ${line}`),
          "",
          "",
        ].join(end),
      );
      const read = messages.map(({ id, lines }) => ({ id, data: lines.join("\n") }));
      expect(decode(written.join(""), cuts)).toEqual(read);
    }),
  );
});

test("comments, unknown fields, lines without a colon and a first byte order mark mean nothing; an id is its message's own", () => {
  const stream = "\uFEFF: open\n\nretry: 5\nid:7\ndata:a\ndata\ndata:  b\n\nevent: x\n\ndata: c\n\ndata: unfinished\n";
  expect(decode(stream)).toEqual([
    { id: "7", data: "a\n\n b" },
    { id: undefined, data: "c" },
  ]);
});
