import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type OpenAI from "openai";
import type { ChatCompletion, ChatCompletionCreateParams } from "openai/resources/chat/completions";
import { openaiChunks, openStage, type Stage } from "../../support/dialect.ts";
import type { Step } from "../../support/scripted-upstream.ts";
import { createOpenai } from "../../support/openai-client.ts";

type Params = Partial<ChatCompletionCreateParams> & Readonly<Record<string, unknown>>;

interface Row {
  readonly name: string;
  readonly asked?: Params;
  readonly plays?: readonly Step[];
  /** Of the body that reaches the vendor. */
  readonly sent?: Readonly<Record<string, unknown>>;
  readonly unsent?: readonly string[];
  readonly message?: object;
  readonly choice?: object;
}

let stage: Stage;
let client: OpenAI;
beforeAll(async () => {
  stage = await openStage();
  client = createOpenai(stage.app);
});
afterAll(() => stage[Symbol.asyncDispose]());

const hello = openaiChunks([
  { delta: { role: "assistant", content: "" } },
  { delta: { content: "Hel" } },
  { delta: { content: "lo" } },
  { finish: "stop" },
]);
const weather = {
  name: "weather",
  description: "The weather.",
  parameters: { type: "object", properties: { city: { type: "string" } } },
};
const tool = { type: "function" as const, function: { ...weather, strict: true } };
const other = { type: "function" as const, function: { name: "time" } };
const call = (index: number, city: string) => ({
  index,
  id: `call_${index}`,
  type: "function",
  function: { name: "weather", arguments: `{"city":"${city}"}` },
});
const calls = (...cities: string[]) =>
  openaiChunks([
    ...cities.flatMap((city, index) => {
      const { function: made, ...rest } = call(index, city);
      return [
        { delta: { tool_calls: [{ ...rest, function: { name: made.name, arguments: "" } }] } },
        { delta: { tool_calls: [{ index, function: { arguments: made.arguments.slice(0, 4) } }] } },
        { delta: { tool_calls: [{ index, function: { arguments: made.arguments.slice(4) } }] } },
      ];
    }),
    { finish: "tool_calls" },
  ]);
const whole = (index: number, city: string) => {
  const { index: _, ...rest } = call(index, city);
  return rest;
};
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const logprob = (token: string) => ({ token, logprob: -0.5, bytes: [...Buffer.from(token)], top_logprobs: [] });
const user = { role: "user" as const, content: "Hello" };
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

const rows: Row[] = [
  { name: "text", message: { role: "assistant", content: "Hello" } },
  {
    name: "settings under OpenAI's names",
    asked: {
      max_completion_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      stop: ["END"],
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      logit_bias: { "50256": -100 },
      verbosity: "low",
      user: "u1",
    },
    sent: {
      max_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      stop: ["END"],
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      logit_bias: { "50256": -100 },
      verbosity: "low",
      user: "u1",
    },
  },
  {
    name: "what is meant for OpenAI alone, which is passed over",
    asked: {
      store: true,
      metadata: { a: "b" },
      service_tier: "auto",
      prompt_cache_key: "k",
      safety_identifier: "s",
      user: "nobody/at all",
      modalities: ["text"],
    },
    unsent: ["store", "metadata", "service_tier", "prompt_cache_key", "safety_identifier", "user", "modalities", "n"],
  },
  {
    name: "a refusal of before, a developer, a name, thinking and parts of every kind",
    asked: {
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          name: "Ann",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
            { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
          ],
        },
        { role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
        { role: "assistant", content: null, refusal: "Never." },
        user,
      ],
    },
    sent: {
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          name: "Ann",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
            { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
          ],
        },
        { role: "assistant", content: [{ type: "text", text: "No." }] },
        { role: "assistant", content: "Never." },
        user,
      ],
    },
  },
  {
    name: "a call of a tool",
    asked: { tools: [tool], tool_choice: "required", parallel_tool_calls: true },
    plays: calls("Rome"),
    sent: { tools: [tool], tool_choice: "required", parallel_tool_calls: true },
    message: { role: "assistant", content: null, tool_calls: [whole(0, "Rome")] },
    choice: { finish_reason: "tool_calls" },
  },
  {
    name: "two calls at once",
    asked: { tools: [tool] },
    plays: calls("Rome", "Oslo"),
    message: { tool_calls: [whole(0, "Rome"), whole(1, "Oslo")] },
    choice: { finish_reason: "tool_calls" },
  },
  {
    name: "results of tools",
    asked: {
      tools: [tool],
      messages: [
        user,
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "call_0", type: "function", function: { name: "weather", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_0", content: "sunny" },
      ],
    },
    sent: {
      messages: [
        user,
        {
          role: "assistant",
          content: null,
          tool_calls: [{ type: "function", id: "call_0", function: { name: "weather", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_0", content: "sunny" },
      ],
    },
  },
  {
    name: "a tool that is named",
    asked: { tools: [tool, other], tool_choice: { type: "function", function: { name: "time" } } },
    sent: { tool_choice: { type: "function", function: { name: "time" } } },
  },
  {
    name: "tools that alone are allowed",
    asked: {
      tools: [tool, other],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "time" } }] },
      },
    },
    sent: { tools: [other], tool_choice: "required" },
  },
  {
    name: "functions, which came before tools",
    asked: {
      functions: [weather],
      function_call: { name: "weather" },
      messages: [
        user,
        { role: "assistant", content: null, function_call: { name: "weather", arguments: "{}" } },
        { role: "function", name: "weather", content: "sunny" },
      ],
    },
    plays: calls("Rome"),
    sent: {
      tools: [{ type: "function", function: weather }],
      tool_choice: { type: "function", function: { name: "weather" } },
      parallel_tool_calls: false,
      messages: [
        user,
        {
          role: "assistant",
          content: null,
          tool_calls: [{ type: "function", id: "call_1", function: { name: "weather", arguments: "{}" } }],
        },
        { role: "tool", name: "weather", tool_call_id: "call_1", content: "sunny" },
      ],
    },
    message: { content: null, function_call: { name: "weather", arguments: '{"city":"Rome"}' } },
    choice: { finish_reason: "function_call" },
  },
  {
    name: "output by a schema",
    asked: { response_format: { type: "json_schema", json_schema: { name: "place", schema, strict: true } } },
    plays: openaiChunks([{ delta: { content: '{"city":' } }, { delta: { content: '"Rome"}' } }, { finish: "stop" }]),
    sent: { response_format: { type: "json_schema", json_schema: { name: "place", schema, strict: true } } },
    message: { content: '{"city":"Rome"}' },
  },
  {
    name: "thinking, in one field",
    asked: { reasoning: { effort: "high" } },
    plays: openaiChunks([
      { delta: { reasoning_content: "Let me " } },
      { delta: { reasoning_content: "see" } },
      { delta: { content: "Hello" } },
      { finish: "stop" },
    ]),
    sent: { reasoning_effort: "high" },
    unsent: ["reasoning"],
    message: { content: "Hello", reasoning: "Let me see" },
  },
  {
    name: "how likely tokens were",
    asked: { logprobs: true, top_logprobs: 0 },
    plays: openaiChunks([
      { delta: { content: "Hel" }, logprobs: { content: [logprob("Hel")] } },
      { delta: { content: "lo" }, logprobs: { content: [logprob("lo")] } },
      { finish: "stop" },
    ]),
    sent: { logprobs: true, top_logprobs: 0 },
    choice: { logprobs: { content: [logprob("Hel"), logprob("lo")], refusal: null } },
  },
  {
    name: "logprobs that nobody asked for, which nobody is told",
    plays: openaiChunks([
      { delta: { content: "Hello" }, logprobs: { content: [logprob("Hello")] } },
      { finish: "stop" },
    ]),
    choice: { logprobs: null },
  },
  {
    name: "an answer that is cut at its longest",
    plays: openaiChunks([{ delta: { content: "Hello" } }, { finish: "length" }]),
    choice: { finish_reason: "length" },
  },
  {
    name: "an answer that is filtered",
    plays: openaiChunks([{ delta: { content: "Hello" } }, { finish: "content_filter" }]),
    choice: { finish_reason: "content_filter" },
  },
  {
    name: "an answer of nothing",
    plays: openaiChunks([{ finish: "stop" }]),
    message: { role: "assistant", content: "" },
  },
  { name: "a provider in the body", asked: { provider: "P", model: "else" }, sent: { model: "else" } },
  { name: "a provider in the model's name", asked: { model: "P/else" }, sent: { model: "else" } },
  {
    name: "OpenRouter's preference of providers",
    asked: { provider: { order: ["P"], allow_fallbacks: false } },
    unsent: ["provider"],
  },
];

describe.each(rows)(
  "$name",
  ({
    asked = {},
    plays = hello,
    sent = {},
    unsent = [],
    message = { content: "Hello" },
    choice = { finish_reason: "stop" },
  }) => {
    test.each(["whole", "stream"])("%s", async (form) => {
      stage.play(plays);
      const body = { model: "m", messages: [user], ...asked } as ChatCompletionCreateParams;
      const answer =
        form === "whole" ? await client.chat.completions.create({ ...body, stream: false }) : await collect(body);
      expect(stage.sent()).toMatchObject(sent);
      for (const field of unsent) expect(stage.sent()).not.toHaveProperty(field);
      expect(answer).toMatchObject({
        object: "chat.completion",
        model: "m-2026",
        usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
      });
      expect(answer.id).toMatch(/^chatcmpl-/);
      expect(Math.abs(answer.created - Date.now() / 1000)).toBeLessThan(60);
      expect(answer.choices).toHaveLength(1);
      expect(answer.choices[0]).toMatchObject({ index: 0, ...choice });
      expect(answer.choices[0]?.message).toMatchObject(message as ChatCompletion["choices"][0]["message"]);
    });
  },
);

/** By the client's own accumulator, which knows no thinking. */
async function collect(body: ChatCompletionCreateParams): Promise<ChatCompletion> {
  const stream = client.chat.completions.stream({
    ...body,
    stream: true,
    stream_options: { include_usage: true },
  } as never);
  let reasoning = "";
  for await (const chunk of stream) reasoning += textOf(chunk.choices[0]?.delta, "reasoning");
  const answer = await stream.finalChatCompletion();
  if (reasoning !== "") Object.assign(answer.choices[0]?.message ?? {}, { reasoning });
  return answer;
}

function textOf(delta: object | undefined, field: string): string {
  const value: unknown = delta && Reflect.get(delta, field);
  return typeof value === "string" ? value : "";
}
