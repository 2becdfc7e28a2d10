import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeTranscript } from "../../src/dialects/openai/audio/transcription.ts";
import { openaiChunks, openStage, type Stage } from "../support/dialect.ts";
import { openaiText } from "../support/scripted-upstream.ts";

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage[Symbol.asyncDispose]());

async function ask(path: string, body: unknown) {
  const response = await stage.app.get(path, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, told: await response.json() };
}

const user = { role: "user", content: "Hello" };
const many = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("a call whose vendor gave it an absurd number is a call like any other", () => {
  const tool = { type: "function", function: { name: "f" } };
  const asked: readonly (readonly [path: string, body: object])[] = [
    ["/v1/chat/completions", { model: "m", messages: [user], tools: [tool] }],
    ["/v1/responses", { model: "m", input: "Hello", tools: [{ type: "function", name: "f", parameters: {} }] }],
    ["/v1/messages", { model: "m", max_tokens: 9, messages: [user], tools: [{ name: "f", input_schema: {} }] }],
    ["/api/chat", { model: "m", stream: false, messages: [user], tools: [tool] }],
    [
      "/v1beta/models/m:generateContent",
      { contents: [{ parts: [{ text: "Hello" }] }], tools: [{ functionDeclarations: [{ name: "f" }] }] },
    ],
  ];

  test.each(asked)("%s", async (path, body) => {
    for (const index of [4_294_967_295, 1_000_000_000, -1]) {
      const call = { index, id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
      stage.play(openaiChunks([{ delta: { tool_calls: [call] } }, { finish: "tool_calls" }]));
      const { status, told } = await ask(path, body);
      expect(status).toBe(200);
      expect(JSON.stringify(told).match(/"(name|id|call_id)":"(f|c1)"/g) ?? []).toContain(`"name":"f"`);
    }
  });
});

/** Each kept the whole server from doing anything else for 10 seconds and more. */
describe("a request of many small things is no more work than it is long", () => {
  const nameless = { function: { name: "f", arguments: {} } };
  const asked: readonly (readonly [what: string, path: string, body: object])[] = [
    [
      "calls without ids after a long question",
      "/api/chat",
      {
        model: "m",
        stream: false,
        messages: [
          { role: "user", content: "a".repeat(2_000_000) },
          { role: "assistant", tool_calls: many(4000).map(() => nameless) },
        ],
      },
    ],
    [
      "results in the opposite order of their calls",
      "/v1beta/models/m:generateContent",
      {
        contents: [
          { role: "model", parts: many(40_000).map((at) => ({ functionCall: { id: `c${at}`, name: "f" } })) },
          { parts: many(40_000).map((at) => ({ functionResponse: { id: `c${39_999 - at}`, name: "f" } })) },
        ],
      },
    ],
    [
      "functions of which others are allowed",
      "/v1beta/models/m:generateContent",
      {
        contents: [{ parts: [{ text: "Hello" }] }],
        tools: [{ functionDeclarations: many(60_000).map((at) => ({ name: `f${at}` })) }],
        toolConfig: {
          functionCallingConfig: { mode: "ANY", allowedFunctionNames: many(60_000).map((at) => `g${at}`) },
        },
      },
    ],
  ];

  test.each(asked)(
    "%s",
    async (_, path, body) => {
      stage.play(openaiText("Yes."));
      expect((await ask(path, body)).status).toBe(200);
    },
    8000,
  );
});

describe("what cannot be written as text is refused by its place", () => {
  const odd = { toString: 1, valueOf: 2 };

  test("the type of an item", async () => {
    const { status, told } = await ask("/v1/responses", { model: "m", input: [{ type: odd }] });
    expect([status, told.error.message]).toEqual([400, expect.stringContaining("input[0].type: expected message")]);
  });

  test("the name of a function whose result it is", async () => {
    const messages = [user, { role: "function", name: odd, content: "x" }];
    const { status, told } = await ask("/v1/chat/completions", { model: "m", messages });
    expect([status, told.error.message]).toEqual([400, expect.stringContaining("messages[1].name: expected")]);
  });
});

test("a language that a vendor tells by no code is told as it came", () => {
  const said = { text: "Yes.", language: "en-?", duration: 1, segments: [] };
  const { body } = writeTranscript(said, { format: "verbose_json", isStream: false });
  expect(JSON.parse(body)).toMatchObject({ language: "en-?", text: "Yes." });
});
