import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ChatRequest, Message } from "ollama";
import { anthropicTurn, inTurns, openaiTurn } from "../../support/calling-upstream.ts";
import { openaiText, type Script } from "../../support/scripted-upstream.ts";
import { toPng } from "../../support/pictures.ts";
import { type Answer, type AskedServer, chat, deltas, ending, openAskedServer, recorded, ways } from "./asking.ts";

const png = toPng(1, 1, () => [255, 0, 0, 255]);
const hello = [{ role: "user", content: "Hello" }];
const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", required: ["city"], properties: { city: { type: "string", description: "" } } },
  },
};
const schema = { type: "object", properties: { answer: { type: "number" } }, required: ["answer"] };
const called = { role: "assistant", content: "", tool_calls: [{ function: { name: "get_weather", arguments: {} } }] };

interface Feature {
  readonly name: string;
  readonly script: Script;
  readonly asked: Omit<ChatRequest, "stream">;
  /** Of what the provider is sent. */
  readonly sent?: object;
  readonly unsent?: readonly string[];
  readonly answer: { readonly [K in keyof Answer]?: unknown };
}

const features: readonly Feature[] = [
  {
    name: "text, usage and why it ended",
    script: () => recorded("openai", "text"),
    asked: { model: "m", messages: [{ role: "system", content: "Be brief" }, ...hello] },
    sent: {
      model: "m",
      messages: [
        { role: "system", content: "Be brief" },
        { role: "user", content: "Hello" },
      ],
    },
    answer: {
      content: "Hello! How can I help — 你好 👋?",
      thinking: "",
      calls: [],
      last: expect.objectContaining({ done: true, done_reason: "stop", prompt_eval_count: 9, eval_count: 12 }),
    },
  },
  {
    name: "thinking, which stands beside the text",
    script: () => recorded("openai", "reasoning"),
    asked: { model: "m", messages: hello, think: "high" },
    sent: { reasoning_effort: "high" },
    answer: { thinking: "Let me see.", content: expect.stringContaining("It is ") },
  },
  {
    name: "no thinking, where it is turned off",
    script: () => openaiText("No."),
    asked: { model: "m", messages: hello, think: false },
    sent: { reasoning_effort: "none" },
    answer: { thinking: "", content: "No." },
  },
  {
    name: "several calls of tools, with text before them",
    script: inTurns(openaiTurn, [
      {
        text: "Let me look.",
        calls: [
          { name: "get_weather", json: '{"city":"Rome","days":[1,2]}' },
          { name: "get_weather", json: '{"city":"Oslo"}' },
        ],
      },
    ]),
    asked: { model: "m", messages: hello, tools: [weather] },
    sent: { tools: [weather] },
    answer: {
      content: "Let me look.",
      calls: [
        { id: "call_1_0", function: { index: 0, name: "get_weather", arguments: { city: "Rome", days: [1, 2] } } },
        { id: "call_1_1", function: { index: 1, name: "get_weather", arguments: { city: "Oslo" } } },
      ],
      last: expect.objectContaining({ done_reason: "stop", prompt_eval_count: 100, eval_count: 10 }),
    },
  },
  {
    name: "a call without arguments, and one whose arguments are no object",
    script: inTurns(openaiTurn, [
      {
        calls: [
          { name: "a", json: "" },
          { name: "b", json: '{"city": "Ro' },
          { name: "c", json: "[1]" },
        ],
      },
    ]),
    asked: { model: "m", messages: hello, tools: [weather] },
    answer: {
      calls: [{}, { arguments: '{"city": "Ro' }, { arguments: "[1]" }].map((args, index) => ({
        id: `call_1_${index}`,
        function: { index, name: "abc"[index], arguments: args },
      })),
    },
  },
  {
    name: "results of tools, by the ids of their calls, in any order",
    script: () => openaiText("12 and 3 degrees."),
    asked: {
      model: "m",
      tools: [weather],
      messages: [
        ...hello,
        {
          role: "assistant",
          content: "",
          thinking: "Two cities.",
          tool_calls: [
            { id: "call_a", function: { name: "get_weather", arguments: { city: "Rome" } } },
            { id: "call_b", function: { name: "get_weather", arguments: { city: "Oslo" } } },
          ] as never,
        },
        { role: "tool", content: "3", tool_call_id: "call_b" } as never,
        { role: "tool", content: "12", tool_call_id: "call_a" } as never,
      ],
    },
    sent: {
      messages: [
        ...hello,
        {
          role: "assistant",
          content: "",
          tool_calls: [
            { id: "call_a", type: "function", function: { name: "get_weather", arguments: '{"city":"Rome"}' } },
            { id: "call_b", type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } },
          ],
        },
        { role: "tool", content: "3", tool_call_id: "call_b", name: "get_weather" },
        { role: "tool", content: "12", tool_call_id: "call_a", name: "get_weather" },
      ],
    },
    answer: { content: "12 and 3 degrees." },
  },
  {
    name: "results of calls that have no ids, by the names of their tools, else in order",
    script: () => openaiText("Done."),
    asked: {
      model: "m",
      messages: [
        ...hello,
        {
          role: "assistant",
          content: "",
          tool_calls: [
            { function: { name: "a", arguments: { n: 1 } } },
            { function: { name: "b", arguments: {} } },
            { function: { name: "a", arguments: { n: 2 } } },
          ],
        },
        { role: "tool", content: "of b", tool_name: "b" },
        { role: "tool", content: "of a", tool_name: "a" },
        { role: "tool", content: "of what is left" },
      ],
    },
    sent: {
      messages: [
        ...hello,
        expect.objectContaining({
          tool_calls: ["a", "b", "a"].map((name, index) =>
            expect.objectContaining({
              id: `call_unnamed_${index + 1}`,
              function: expect.objectContaining({ name }),
            }),
          ),
        }),
        expect.objectContaining({ content: "of b", tool_call_id: "call_unnamed_2" }),
        expect.objectContaining({ content: "of a", tool_call_id: "call_unnamed_1" }),
        expect.objectContaining({ content: "of what is left", tool_call_id: "call_unnamed_3" }),
      ],
    },
    answer: { content: "Done." },
  },
  {
    name: "a result of a call that nobody made, and one too many, as what the user says",
    script: () => openaiText("I see."),
    asked: {
      model: "m",
      messages: [
        { role: "tool", content: "42" },
        called,
        { role: "tool", content: "1" },
        { role: "tool", content: "2" },
      ],
    },
    sent: {
      messages: [
        { role: "user", content: "42" },
        expect.objectContaining({ role: "assistant" }),
        { role: "tool", content: "1", tool_call_id: "call_unnamed_1", name: "get_weather" },
        { role: "user", content: "2" },
      ],
    },
    answer: { content: "I see." },
  },
  {
    name: "pictures, as bytes and as base64",
    script: () => openaiText("Red."),
    asked: { model: "m", messages: [{ role: "user", content: "What is it?", images: [png.toString("base64")] }] },
    sent: {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${png.toString("base64")}` } },
          ],
        },
      ],
    },
    answer: { content: "Red." },
  },
  {
    name: "JSON",
    script: () => openaiText('{"answer":', "1}"),
    asked: { model: "m", messages: hello, format: "json" },
    sent: { response_format: { type: "json_object" } },
    answer: { content: '{"answer":1}' },
  },
  {
    name: "JSON that fits a schema",
    script: () => openaiText('{"answer":1}'),
    asked: { model: "m", messages: hello, format: schema },
    sent: { response_format: { type: "json_schema", json_schema: { name: "answer", schema } } },
    answer: { content: '{"answer":1}' },
  },
  {
    name: "options, of which those without a meaning elsewhere are left out",
    script: () => openaiText("Yes."),
    asked: {
      model: "m",
      messages: hello,
      keep_alive: "5m",
      options: {
        temperature: 0,
        top_p: 0.5,
        top_k: 40,
        seed: 7,
        num_predict: 20,
        stop: ["\n"],
        num_ctx: 8192,
        frequency_penalty: 0.5,
        presence_penalty: -0.5,
        repeat_penalty: 1.1,
        mirostat: 0,
      },
    },
    sent: {
      temperature: 0,
      top_p: 0.5,
      top_k: 40,
      seed: 7,
      max_tokens: 20,
      stop: ["\n"],
      frequency_penalty: 0.5,
      presence_penalty: -0.5,
      repetition_penalty: 1.1,
    },
    unsent: ["options", "keep_alive", "num_ctx", "mirostat"],
    answer: { content: "Yes." },
  },
  {
    name: "no limit and no seed, where they are below zero",
    script: () => openaiText("Yes."),
    asked: { model: "m", messages: hello, options: { num_predict: -1, seed: -1 } },
    unsent: ["max_tokens", "seed", "think"],
    answer: { content: "Yes." },
  },
  {
    name: "an answer that ends at its limit",
    script: () => deltas([{ content: "To be or" }], ...ending("length")),
    asked: { model: "m", messages: hello, options: { num_predict: 3 } },
    answer: { content: "To be or", last: expect.objectContaining({ done_reason: "length" }) },
  },
  {
    name: "how likely its tokens were",
    script: () => recorded("openai", "logprobs"),
    asked: { model: "m", messages: hello, logprobs: true, top_logprobs: 2 },
    sent: { logprobs: true, top_logprobs: 2 },
    answer: {
      logprobs: expect.arrayContaining([
        expect.objectContaining({
          token: "Hello",
          logprob: -0.31725305,
          top_logprobs: [expect.objectContaining({ token: "Hello" }), expect.objectContaining({ token: "Hi" })],
        }),
      ]),
    },
  },
  {
    name: "a provider's model, by both names, and a name with a tag that nobody lists",
    script: () => openaiText("Yes."),
    asked: { model: "A/m:latest", messages: hello },
    sent: { model: "m" },
    answer: { content: "Yes.", last: expect.objectContaining({ model: "A/m:latest" }) },
  },
  {
    name: "the router's choice",
    script: () => openaiText("Yes."),
    asked: { model: "auto", messages: hello },
    sent: { model: "m" },
    answer: { content: "Yes.", last: expect.objectContaining({ model: "auto" }) },
  },
];

describe("their client, chatting", () => {
  let server: AskedServer;
  beforeAll(async () => void (server = await openAskedServer()));
  afterAll(() => server[Symbol.asyncDispose]());

  for (const { name, script, asked, sent = {}, unsent = [], answer } of features)
    for (const way of ways)
      test(`${name}, ${way}`, async () => {
        server.play(script);
        expect(await chat(server.client, way, structuredClone(asked))).toMatchObject(answer as object);
        expect(server.sent()).toMatchObject(sent);
        expect(unsent.filter((field) => field in server.sent())).toEqual([]);
      });

  test("a picture as bytes, which it encodes itself", async () => {
    server.play(() => openaiText("Red."));
    await server.client.chat({ model: "m", messages: [{ role: "user", content: "", images: [new Uint8Array(png)] }] });
    const url = `data:image/png;base64,${png.toString("base64")}`;
    expect(server.sent()).toMatchObject({ messages: [{ content: [{ type: "image_url", image_url: { url } }] }] });
  });
});

/** A message as a client sends it back: as it came, or as those do that know fewer fields and order keys. */
const backs: readonly (readonly [string, (message: Message) => Message])[] = [
  ["as it came", (message) => message],
  [
    "without the ids of its calls, their arguments in another order",
    ({ role, content, tool_calls = [] }) => ({
      role,
      content,
      tool_calls: tool_calls.map(({ function: { name, arguments: args } }) => ({
        function: { name, arguments: Object.fromEntries(Object.entries(args).toReversed()) },
      })),
    }),
  ],
];

for (const [how, toBack] of backs)
  test(`rounds of tools: what a vendor signed comes back to it, where its message is sent ${how}`, async () => {
    const look = (city: string) => ({ name: "get_weather", json: `{"city":"${city}","on":{"day":1,"month":2}}` });
    const turns = [{ calls: [look("Rome"), look("Oslo")] }, { calls: [look("Rome")] }, { text: "Sunny." }];
    await using server = await openAskedServer({ type: "anthropic", models: ["claude-sonnet-4-5"] });
    server.play(inTurns(anthropicTurn, turns));
    const messages: Message[] = [...hello];
    const asked = { model: "claude-sonnet-4-5", tools: [weather], think: true };
    for (const way of [false, true]) {
      const lines = way
        ? await Array.fromAsync(await server.client.chat({ ...asked, messages, stream: true }))
        : [await server.client.chat({ ...asked, messages })];
      const message = lines.find((line) => line.message.tool_calls)?.message;
      messages.push(toBack(message as Message));
      for (const _ of message?.tool_calls ?? [])
        messages.push({ role: "tool", tool_name: "get_weather", content: "sunny" });
    }
    expect((await chat(server.client, "stream", { ...asked, messages })).content).toBe("Sunny.");
    const signed = (turn: number) => ({ type: "thinking", thinking: "I need to look.", signature: `signed ${turn}` });
    const use = (id: string) => ({ type: "tool_use", id });
    const result = (tool_use_id: string) => ({ type: "tool_result", tool_use_id });
    expect(server.sent()).toMatchObject({
      thinking: { type: "enabled" },
      messages: [
        { role: "user" },
        { role: "assistant", content: [signed(1), use("toolu_1_0"), use("toolu_1_1")] },
        { role: "user", content: [result("toolu_1_0"), result("toolu_1_1")] },
        { role: "assistant", content: [signed(2), use("toolu_2_0")] },
        { role: "user", content: [result("toolu_2_0")] },
      ],
    });
  });

test("a runtime of the same API behind it is sent all that was asked, and tells what it told", async () => {
  await using server = await openAskedServer({ type: "ollama", models: ["llama3.2"] });
  server.play(() => recorded("ollama", "logprobs"));
  const options = { num_ctx: 8192, temperature: 0, top_k: 1, repeat_penalty: 1.5, mirostat: 2, stop: ["x"], seed: 3 };
  const asked = { format: "json", keep_alive: "5m", logprobs: true, top_logprobs: 2, think: true, tools: [weather] };
  const thought = { role: "assistant", content: "Well.", thinking: "A greeting." };
  const messages = [...hello, thought, { role: "user", content: "What?", images: [png.toString("base64")] }];
  const answered = await chat(server.client, "stream", { model: "llama3.2", messages, options, ...asked });
  expect(server.sent()).toEqual({ model: "llama3.2", messages, stream: true, options, ...asked });
  expect(answered.content).toBe("Hello");
  expect(answered.logprobs).toMatchObject([{ token: "Hello", logprob: -0.25 }]);
  expect(answered.last).toMatchObject({ prompt_eval_count: 9, eval_count: 1 });
});
