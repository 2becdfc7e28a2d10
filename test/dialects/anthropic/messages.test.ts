import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { openaiChunks, openStage, type Stage } from "../../support/dialect.ts";
import { type Said, wires } from "./wires.ts";

type Params = Anthropic.MessageCreateParamsNonStreaming;

const hello: Params["messages"] = [{ role: "user", content: "Hello" }];
const tools: Anthropic.Tool[] = [
  {
    name: "weather",
    description: "The weather.",
    input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
];
const rome: Said = { call: "weather", id: "toolu_1", json: '{"city":"Rome"}' };
const oslo: Said = { call: "weather", id: "toolu_2", json: '{"city":"Oslo"}' };
const toolUse = (id: string, city: string) => ({ type: "tool_use", id, name: "weather", input: { city } });
const thinking = (text: string) => ({ type: "thinking", thinking: text, signature: expect.stringMatching(/^run_/) });

interface Row {
  readonly name: string;
  readonly said: readonly Said[];
  readonly asked?: Partial<Params>;
  readonly end?: "length" | "content_filter";
  readonly content: readonly object[];
  readonly stop: string;
}

const rows: Row[] = [
  { name: "text", said: [{ text: "Hello." }], content: [{ type: "text", text: "Hello." }], stop: "end_turn" },
  { name: "nothing", said: [], content: [], stop: "end_turn" },
  {
    name: "an answer that is cut",
    said: [{ text: "Hel" }],
    end: "length",
    asked: { max_tokens: 1 },
    content: [{ type: "text", text: "Hel" }],
    stop: "max_tokens",
  },
  {
    name: "a refusal",
    said: [{ text: "I" }],
    end: "content_filter",
    content: [{ type: "text", text: "I" }],
    stop: "refusal",
  },
  {
    name: "thinking",
    said: [{ thought: "Let me see." }, { text: "Hello." }],
    asked: { thinking: { type: "enabled", budget_tokens: 1024 } },
    content: [thinking("Let me see."), { type: "text", text: "Hello." }],
    stop: "end_turn",
  },
  {
    name: "thinking that is left out",
    said: [{ thought: "Let me see." }, { text: "Hello." }],
    asked: { thinking: { type: "adaptive", display: "omitted" } },
    content: [thinking(""), { type: "text", text: "Hello." }],
    stop: "end_turn",
  },
  {
    name: "thinking that is not wanted",
    said: [{ thought: "Let me see." }, { text: "Hello." }],
    asked: { thinking: { type: "disabled" } },
    content: [{ type: "text", text: "Hello." }],
    stop: "end_turn",
  },
  {
    name: "a call",
    said: [{ text: "I look." }, rome],
    asked: { tools },
    content: [{ type: "text", text: "I look." }, toolUse("toolu_1", "Rome")],
    stop: "tool_use",
  },
  {
    name: "calls at once, and what is said after them",
    said: [rome, oslo, { text: "I looked." }],
    asked: { tools },
    content: [toolUse("toolu_1", "Rome"), toolUse("toolu_2", "Oslo"), { type: "text", text: "I looked." }],
    stop: "tool_use",
  },
  {
    name: "thinking between calls",
    said: [{ thought: "One." }, rome, { thought: "Two." }, oslo],
    asked: { tools, thinking: { type: "adaptive" } },
    content: [thinking("One."), toolUse("toolu_1", "Rome"), thinking("Two."), toolUse("toolu_2", "Oslo")],
    stop: "tool_use",
  },
  {
    name: "thinking that nobody asked for",
    said: [{ thought: "One." }, { text: "Hello" }],
    asked: {},
    content: [{ type: "text", text: "Hello" }],
    stop: "end_turn",
  },
  {
    name: "a call without arguments",
    said: [{ call: "now", id: "toolu_1", json: "{}" }],
    asked: { tools: [{ name: "now", input_schema: { type: "object" } }] },
    content: [{ type: "tool_use", id: "toolu_1", name: "now", input: {} }],
    stop: "tool_use",
  },
];

describe.each(wires.map((wire) => [wire.type, wire] as const))("over the wire of %s", (type, wire) => {
  let stage: Stage;
  let client: Anthropic;
  beforeAll(async () => {
    stage = await openStage({ type });
    client = new Anthropic({ baseURL: stage.app.origin, apiKey: "any", maxRetries: 0 });
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  const forms = {
    whole: (asked: Params) => client.messages.create(asked),
    stream: (asked: Params) => client.messages.stream(asked).finalMessage(),
    beta: (asked: Params) => client.beta.messages.create(asked as Anthropic.Beta.MessageCreateParamsNonStreaming),
  };

  describe.each(Object.keys(forms) as (keyof typeof forms)[])("%s", (form) => {
    test.each(rows)("$name", async ({ said, asked, end, content, stop }) => {
      stage.play(wire.play(said, end));
      const told = await forms[form]({ model: "m", max_tokens: 2048, messages: hello, ...asked });
      expect(told).toMatchObject({ type: "message", role: "assistant", model: "m-2026", stop_sequence: null });
      expect(told.id).toMatch(/^msg_[\w-]{22}$/);
      expect(told.content as unknown).toEqual(content);
      expect(told.stop_reason as string).toBe(stop);
      expect(
        told.usage.input_tokens +
          (told.usage.cache_read_input_tokens ?? 0) +
          (told.usage.cache_creation_input_tokens ?? 0),
      ).toBe(7);
      expect(told.usage.output_tokens).toBe(5);
      if (type === "anthropic")
        expect(told.usage).toMatchObject({
          input_tokens: 4,
          cache_read_input_tokens: 2,
          cache_creation_input_tokens: 1,
        });
    });
  });

  test.each(["whole", "stream"] as const)("results of tools go back to who called them: %s", async (form) => {
    stage.play(wire.play([{ thought: "I must look." }, rome, oslo]));
    const asked = { model: "m", max_tokens: 2048, messages: hello, tools };
    const first = await forms[form](asked);
    stage.play(wire.play([{ text: "Sunny." }]));
    const second = await forms[form]({
      ...asked,
      messages: [
        ...hello,
        { role: "assistant", content: first.content as Anthropic.ContentBlockParam[] },
        {
          role: "user",
          content: [
            { type: "text", text: "Here it is." },
            { type: "tool_result", tool_use_id: "toolu_1", content: "sunny" },
            {
              type: "tool_result",
              tool_use_id: "toolu_2",
              content: [{ type: "text", text: "no answer" }],
              is_error: true,
            },
          ],
        },
      ],
    });
    expect(second.content as unknown).toEqual([{ type: "text", text: "Sunny." }]);
    const { messages } = stage.sent();
    if (type === "anthropic") {
      // What it thought comes back signed, though the client has seen another signature.
      expect(messages.slice(1)).toEqual([
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "I must look.", signature: "signed: I must look." },
            toolUse("toolu_1", "Rome"),
            toolUse("toolu_2", "Oslo"),
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "toolu_1", content: "sunny" },
            { type: "tool_result", tool_use_id: "toolu_2", content: "no answer", is_error: true },
            { type: "text", text: "Here it is." },
          ],
        },
      ]);
    } else
      expect(messages.slice(1)).toEqual([
        {
          role: "assistant",
          content: null,
          tool_calls: ["Rome", "Oslo"].map((city, index) => ({
            id: `toolu_${index + 1}`,
            type: "function",
            function: { name: "weather", arguments: JSON.stringify({ city }) },
          })),
        },
        { role: "tool", tool_call_id: "toolu_1", content: "sunny" },
        { role: "tool", tool_call_id: "toolu_2", content: "no answer" },
        { role: "user", content: "Here it is." },
      ]);
  });
});

test("calls whose pieces alternate become blocks one after the other", async () => {
  await using stage = await openStage();
  const piece = (index: number, json: string, head: object = {}) => ({
    delta: {
      tool_calls: [{ index, ...head, function: { ...("id" in head && { name: "weather" }), arguments: json } }],
    },
  });
  stage.play(
    openaiChunks([
      piece(0, '{"city":', { id: "call_0" }),
      piece(1, '{"city":', { id: "call_1" }),
      piece(0, '"Rome'),
      piece(1, '"Oslo'),
      piece(1, '"}'),
      piece(0, '"}'),
      { finish: "tool_calls" },
    ]),
  );
  const client = new Anthropic({ baseURL: stage.app.origin, apiKey: "any", maxRetries: 0 });
  const open = new Set<number>();
  let last = -1;
  const stream = client.messages.stream({ model: "m", max_tokens: 99, messages: hello, tools });
  for await (const event of stream) {
    if (event.type === "content_block_start") {
      expect(open.size).toBe(0);
      expect(event.index).toBe(++last);
      open.add(event.index);
    }
    if (event.type === "content_block_delta") expect([...open]).toEqual([event.index]);
    if (event.type === "content_block_stop") expect(open.delete(event.index)).toBe(true);
  }
  const { content } = await stream.finalMessage();
  expect(content as unknown).toEqual([toolUse("call_0", "Rome"), toolUse("call_1", "Oslo")]);
});

test("a stream is events of that API and nothing else", async () => {
  await using stage = await openStage();
  stage.play(openaiChunks([{ delta: { content: "Hel" } }, { delta: { content: "lo" } }, { finish: "stop" }]));
  const response = await stage.app.get("/v1/messages?beta=true", {
    method: "POST",
    headers: { "x-api-key": "any", "anthropic-version": "2023-06-01", "anthropic-beta": "some-2026-01-01" },
    body: JSON.stringify({ model: "m", max_tokens: 9, messages: hello, stream: true }),
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("request-id")).toBe(response.headers.get("x-request-id") ?? "none");
  const text = await response.text();
  const events = text
    .trimEnd()
    .split("\n\n")
    .map((block) => /^event: (\w+)\ndata: (.+)$/.exec(block) ?? [])
    .map(([, name, data = "null"]) => ({ name, data: JSON.parse(data) }));
  expect(events.every(({ name, data }) => name === data.type)).toBe(true);
  const types = events
    .map(({ name }) => name)
    .join(" ")
    .replaceAll(/(content_block_delta ?)+/g, "… ");
  expect(types).toBe("message_start content_block_start … content_block_stop message_delta message_stop");
  expect(events[0]?.data.message).toMatchObject({ content: [], stop_reason: null, usage: { input_tokens: 0 } });
});
