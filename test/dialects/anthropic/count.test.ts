import { describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { openStage } from "../../support/dialect.ts";
import { answer } from "../../support/scripted-upstream.ts";

const clientOf = (origin: string) => new Anthropic({ baseURL: origin, apiKey: "any", maxRetries: 0 });
const schema = { type: "object" as const, properties: { city: { type: "string" } } };
const asked: Anthropic.MessageCountTokensParams = {
  model: "claude-sonnet-4-5",
  system: "Be brief.",
  messages: [{ role: "user", content: "Hello" }],
  tools: [{ name: "weather", description: "The weather.", input_schema: schema }],
  thinking: { type: "enabled", budget_tokens: 2048 },
};

describe("a conversation is counted before it is asked", () => {
  test("by Anthropic, of what it would be sent", async () => {
    await using stage = await openStage({ type: "anthropic", models: [asked.model] });
    stage.play(answer(200, { input_tokens: 2095 }));
    expect(await clientOf(stage.app.origin).messages.countTokens(asked)).toEqual({ input_tokens: 2095 });
    expect(stage.requests().map(({ method, path }) => [method, path])).toEqual([["POST", "/v1/messages/count_tokens"]]);
    expect(stage.sent()).toEqual({
      ...asked,
      system: [{ type: "text", text: "Be brief." }],
      messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
      tool_choice: { type: "auto" },
    });
    const usage = await (await stage.app.get("/backend-api/v2/usage")).json();
    expect(JSON.stringify(usage)).not.toContain("claude-sonnet-4-5");
  });

  test("by Gemini, with its system and its tools", async () => {
    await using stage = await openStage({ type: "gemini", models: ["gemini-2.5-flash"] });
    stage.play(answer(200, { totalTokens: 31, promptTokensDetails: [{ modality: "TEXT", tokenCount: 31 }] }));
    const counted = await clientOf(stage.app.origin).messages.countTokens({ ...asked, model: "P/gemini-2.5-flash" });
    expect(counted).toEqual({ input_tokens: 31 });
    expect(stage.requests()[0]?.path).toBe("/models/gemini-2.5-flash:countTokens");
    expect(stage.sent()).toMatchObject({
      generateContentRequest: {
        model: "models/gemini-2.5-flash",
        contents: [{ role: "user", parts: [{ text: "Hello" }] }],
        systemInstruction: { parts: [{ text: "Be brief." }] },
        tools: [{ functionDeclarations: [{ name: "weather", parametersJsonSchema: schema }] }],
      },
    });
  });

  test("about, where its provider counts nothing, without asking it", async () => {
    await using stage = await openStage();
    const client = clientOf(stage.app.origin);
    const count = async (more: object) =>
      (await client.messages.countTokens({ model: "m", messages: asked.messages, ...more })).input_tokens;
    const bare = await count({});
    expect(bare).toBeGreaterThan(1);
    expect(await count({ system: "Be brief. ".repeat(400) })).toBeGreaterThan(bare + 900);
    expect(await count({ tools: asked.tools })).toBeGreaterThan(bare + 20);
    const text = Buffer.from("Words. ".repeat(400)).toString("base64");
    const source = { type: "base64", media_type: "text/plain", data: text };
    expect(await count({ messages: [{ role: "user", content: [{ type: "document", source }] }] })).toBeGreaterThan(650);
    expect(stage.requests()).toHaveLength(0);
  });

  test.each([
    [answer(401, { error: { message: "no" } }), 401, "authentication_error"],
    [answer(429, { error: { message: "slow" } }, { "retry-after": "3" }), 429, "rate_limit_error"],
    [answer(200, { tokens: "many" }), 502, "api_error"],
  ] as const)("and told what the vendor refuses", async (plays, status, type) => {
    await using stage = await openStage({ type: "anthropic", models: [asked.model] });
    stage.play(plays);
    const failure = await clientOf(stage.app.origin)
      .messages.countTokens(asked)
      .catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Anthropic.APIError);
    expect(failure).toMatchObject({ status, type });
  });

  test.each([
    ["that says nothing", { messages: [] }, 400, "invalid_request_error"],
    ["for a model that nobody has", { model: "nowhere" }, 404, "not_found_error"],
  ] as const)("one %s is refused", async (_, body, status, type) => {
    await using stage = await openStage();
    const failure = await clientOf(stage.app.origin)
      .messages.countTokens({ ...asked, ...body } as Anthropic.MessageCountTokensParams)
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ status, type });
  });
});
