import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI } from "@langchain/openai";
import { jsonSchema, Output, stepCountIs, tool } from "ai";
import { openaiBeginning, openaiChunks, openStage, type Stage } from "../../support/dialect.ts";
import { answer, type Script } from "../../support/scripted-upstream.ts";
import { failureOf } from "../../support/failure.ts";
import { askAiSdk } from "../../support/ai-sdk.ts";

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage[Symbol.asyncDispose]());

const forms = ["whole", "stream"] as const;
const thinking = openaiChunks([
  { delta: { reasoning_content: "Let me see." } },
  { delta: { content: "Hel" } },
  { delta: { content: "lo" } },
  { finish: "stop" },
]);
const calling = (city: string) => ({
  tool_calls: [
    { index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: JSON.stringify({ city }) } },
  ],
});
/** It calls the tool, and once it has the result says what that was. */
const looking: Script = ({ body }) =>
  body.includes("sunny")
    ? openaiChunks([{ delta: { content: "It is sunny." } }, { finish: "stop" }])
    : openaiChunks([{ delta: calling("Rome") }, { finish: "tool_calls" }]);
const place = openaiChunks([{ delta: { content: '{"city":' } }, { delta: { content: '"Rome"}' } }, { finish: "stop" }]);
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
} as const;

describe("ai with @ai-sdk/openai-compatible", () => {
  const model = () =>
    createOpenAICompatible({
      name: "parley",
      baseURL: `${stage.app.origin}/v1`,
      apiKey: "any",
      includeUsage: true,
      supportsStructuredOutputs: true,
    })("m");
  const ask = (form: (typeof forms)[number], options: object) =>
    askAiSdk(form, { model: model(), maxRetries: 0, prompt: "Hello", ...options });

  test.each(forms)("text, thinking and usage: %s", async (form) => {
    stage.play(thinking);
    const told = await ask(form, {});
    expect(told).toMatchObject({ text: "Hello", reasoningText: "Let me see.", finishReason: "stop" });
    expect(told.usage).toMatchObject({ inputTokens: 7, outputTokens: 5 });
  });

  test.each(forms)("a tool that is called and answered: %s", async (form) => {
    stage.play(looking);
    const cities: unknown[] = [];
    const weather = tool({
      description: "The weather.",
      inputSchema: jsonSchema<{ city: string }>(schema),
      execute: async ({ city }) => (cities.push(city), "sunny"),
    });
    const told = await ask(form, { tools: { weather }, stopWhen: stepCountIs(3) });
    expect(told.text).toBe("It is sunny.");
    expect(cities).toEqual(["Rome"]);
    expect(stage.sent().messages.at(-1)).toMatchObject({ role: "tool", tool_call_id: "call_1" });
  });

  test.each(forms)("an object by a schema: %s", async (form) => {
    stage.play(place);
    const told = await ask(form, { output: Output.object({ schema: jsonSchema<{ city: string }>(schema) }) });
    expect(told.output).toEqual({ city: "Rome" });
    expect(stage.sent().response_format).toMatchObject({ type: "json_schema", json_schema: { schema } });
  });

  test.each(forms)("a failure before the first word: %s", async (form) => {
    stage.play(answer(429, { error: { message: "slow down" } }, { "retry-after": "7" }));
    expect(await failureOf(ask(form, {}))).toMatchObject({ statusCode: 429, isRetryable: true });
  });

  test("a failure after it", async () => {
    stage.play([...openaiBeginning([{ delta: { content: "Hel" } }]), "close"]);
    expect(String(await failureOf(ask("stream", {})))).not.toBe("");
  });
});

describe("@langchain/openai", () => {
  const model = (fields: object = {}) =>
    new ChatOpenAI({
      model: "m",
      apiKey: "any",
      maxRetries: 0,
      configuration: { baseURL: `${stage.app.origin}/v1` },
      useResponsesApi: false,
      ...fields,
    });
  const question = [new HumanMessage("Hello")];

  test("text and usage, whole and as a stream", async () => {
    stage.play(thinking);
    const told = await model().invoke(question);
    expect(told.text).toBe("Hello");
    expect(told.usage_metadata).toMatchObject({ input_tokens: 7, output_tokens: 5, total_tokens: 12 });
    let whole;
    for await (const chunk of await model().stream(question)) whole = whole ? whole.concat(chunk) : chunk;
    expect(whole?.text).toBe("Hello");
    expect(whole?.usage_metadata).toMatchObject({ input_tokens: 7, output_tokens: 5, total_tokens: 12 });
  });

  test.each(forms)("a call of a tool: %s", async (form) => {
    stage.play(looking);
    const bound = model().bindTools([{ type: "function", function: { name: "weather", parameters: schema } }]);
    let told;
    if (form === "whole") told = await bound.invoke(question);
    else for await (const chunk of await bound.stream(question)) told = told ? told.concat(chunk) : chunk;
    expect(told?.tool_calls).toMatchObject([{ id: "call_1", name: "weather", args: { city: "Rome" } }]);
  });

  test.each(["jsonSchema", "functionCalling"] as const)("an object by a schema, as %s", async (method) => {
    stage.play(method === "jsonSchema" ? place : openaiChunks([{ delta: calling("Rome") }, { finish: "tool_calls" }]));
    const structured = model().withStructuredOutput<{ city: string }>(
      { title: "weather", ...schema },
      { name: "weather", method },
    );
    expect(await structured.invoke(question)).toEqual({ city: "Rome" });
  });

  test("several answers", async () => {
    stage.play((_, count) => openaiChunks([{ delta: { content: String(count) } }, { finish: "stop" }]));
    const { generations } = await model({ n: 2 }).generate([question]);
    expect(generations[0]?.map(({ text }) => text).toSorted()).toEqual(["1", "2"]);
  });

  test.each(forms)("a failure before the first word: %s", async (form) => {
    stage.play(answer(401, { error: { message: "no" } }));
    const asked = form === "whole" ? model().invoke(question) : model().stream(question);
    expect(await failureOf(asked)).toMatchObject({ status: 401 });
  });
});
