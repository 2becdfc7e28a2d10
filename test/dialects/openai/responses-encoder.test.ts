import { expect, test } from "bun:test";
import fc from "fast-check";
import { ResponseStream } from "openai/lib/responses/ResponseStream";
import type { ResponsesBody } from "../../../src/dialects/openai/responses/body.ts";
import { createResponsesEncoder } from "../../../src/dialects/openai/responses/encoder.ts";
import { toAbout } from "../../../src/dialects/openai/responses/response.ts";
import type { NumberedEvent, RunEvent } from "../../../src/protocol/events.ts";

const about = toAbout({ model: "m" } as ResponsesBody, "resp_AAAAAAAAAAAAAAAAAAAAAA", 1_700_000_000_000);

const text = fc.string({ maxLength: 4 });
const said: fc.Arbitrary<RunEvent> = fc.oneof(
  text.map((content) => ({ type: "content" as const, content })),
  text.map((token) => ({ type: "reasoning" as const, token })),
  fc.constant({ type: "reasoning" as const, token: null, status: "Searching" }),
  fc.constant({ type: "message" as const, message: "tried again", error: "RateLimitError" }),
  fc
    .record({ index: fc.nat(2), id: fc.constantFrom("a", "b", ""), name: fc.constantFrom("f", ""), json: text })
    .map(({ index, id, name, json }): RunEvent => {
      const call = { index, id, type: "function" as const, function: { name, arguments: json } };
      return { type: "tool_calls", tool_calls: [call] };
    }),
  fc.constant<RunEvent>({ type: "logprobs", logprobs: [{ token: "a", logprob: -1, bytes: null, top_logprobs: [] }] }),
);
const ends: fc.Arbitrary<RunEvent[]> = fc.constantFrom<RunEvent[]>(
  [{ type: "finish", finish: { reason: "stop" } }],
  [{ type: "finish", finish: { reason: "tool_calls" } }],
  [{ type: "finish", finish: { reason: "length" } }],
  [{ type: "finish", finish: { reason: "cancelled" } }],
  [
    { type: "error", error: "ResponseError", message: "ResponseError: it broke" },
    { type: "finish", finish: { reason: "error" } },
  ],
);
const runs = fc
  .tuple(fc.array(said, { maxLength: 12 }), ends)
  .map(([before, end]) => [...before, ...end])
  .map((events) => events.map((event, index): NumberedEvent => ({ seq: index + 1, event, json: "" })));

function encode(batches: readonly (readonly NumberedEvent[])[], startingAfter = -1): string {
  const encoder = createResponsesEncoder({
    about,
    toText: ({ content }) => content,
    startingAfter,
    completedAt: () => 1_700_000_001_000,
  });
  return batches.map((batch) => encoder.encode(batch)).join("");
}

test("however a run's events come in batches, a response is told by the same bytes, from wherever one reads it", () => {
  fc.assert(
    fc.property(runs, fc.nat(), fc.nat(40), (events, seed, after) => {
      const whole = encode([events]);
      const at = seed % (events.length + 1);
      expect(encode([events.slice(0, at), events.slice(at)])).toBe(whole);
      expect(encode(events.map((event) => [event]))).toBe(whole);
      const messages = whole.split("\n\n").slice(0, -1);
      const rest = messages.slice(after + 1).map((message) => `${message}\n\n`);
      expect(encode([events], after)).toBe(rest.join(""));
    }),
  );
});

test("OpenAI's client takes whatever a run may say, and comes to what the last event tells", async () => {
  await fc.assert(
    fc.asyncProperty(runs, async (events) => {
      const lines = [...encode([events]).matchAll(/^data: (.*)$/gm)].map(([, json]) => `${json}\n`);
      const stream = ResponseStream.fromReadableStream(new Blob(lines).stream() as never);
      const { output_parsed, output_text, ...response } = await stream.finalResponse();
      const last = JSON.parse(lines.at(-1) ?? "").response;
      expect(response.status).toBe(last.status);
      expect(response.output).toMatchObject(last.output);
      expect(output_parsed).toBeNull();
      expect(output_text).toBeString();
    }),
  );
});
