import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import Anthropic from "@anthropic-ai/sdk";
import { jsonSchema, Output, stepCountIs, tool } from "ai";
import { openStage, type Stage } from "../../support/dialect.ts";
import { openApp, providerYaml } from "../../support/app.ts";
import { answer, openaiText, openUpstream, type Script } from "../../support/scripted-upstream.ts";
import { type Said, type Wire, wires } from "./wires.ts";
import { failureOf } from "../../support/failure.ts";
import { askAiSdk } from "../../support/ai-sdk.ts";

const forms = ["whole", "stream"] as const;
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
} as const;

describe.each(wires.map((wire) => [wire.type, wire] as const))(
  "ai with @ai-sdk/anthropic, over the wire of %s",
  (type, wire: Wire) => {
    let stage: Stage;
    const name = "claude-sonnet-4-5";
    beforeAll(async () => void (stage = await openStage({ type, models: [name] })));
    afterAll(() => stage[Symbol.asyncDispose]());

    const say = (...said: Said[]) => stage.play(wire.play(said));
    const ask = async (form: (typeof forms)[number], options: object) => {
      const model = createAnthropic({ baseURL: `${stage.app.origin}/v1`, apiKey: "any" })(name);
      const asked = { model, maxRetries: 0, prompt: "Hello", ...options };
      return askAiSdk(form, asked);
    };

    test.each(forms)("text, thinking and usage: %s", async (form) => {
      say({ thought: "Let me see." }, { text: "Hello." });
      const thinking = { type: "enabled", budgetTokens: 1024 };
      const told = await ask(form, { providerOptions: { anthropic: { thinking } } });
      expect(told).toMatchObject({ text: "Hello.", reasoningText: "Let me see.", finishReason: "stop" });
      expect(told.usage).toMatchObject({ inputTokens: 7, outputTokens: 5 });
    });

    test.each(forms)("a tool that is called and answered: %s", async (form) => {
      const looking: Script = ({ body }) =>
        body.includes("sunny")
          ? wire.play([{ text: "It is sunny." }])
          : wire.play([{ thought: "Hm." }, { call: "weather", id: "toolu_1", json: '{"city":"Rome"}' }]);
      stage.play(looking);
      const cities: string[] = [];
      const weather = tool({
        description: "The weather.",
        inputSchema: jsonSchema<{ city: string }>(schema),
        execute: async ({ city }) => (cities.push(city), "sunny"),
      });
      const told = await ask(form, { tools: { weather }, stopWhen: stepCountIs(3) });
      expect([told.text, cities]).toEqual(["It is sunny.", ["Rome"]]);
      expect(stage.requests()).toHaveLength(2);
    });

    test.each(forms)("an object by a schema: %s", async (form) => {
      say({ text: '{"city":"Rome"}' });
      const told = await ask(form, { output: Output.object({ schema: jsonSchema<{ city: string }>(schema) }) });
      expect(told).toHaveProperty("output", { city: "Rome" });
    });

    test.each(forms)("a picture: %s", async (form) => {
      say({ text: "A cat." });
      const image = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      const content = [
        { type: "text", text: "What is it?" },
        { type: "file", data: image, mediaType: "image/png" },
      ];
      expect((await ask(form, { prompt: undefined, messages: [{ role: "user", content }] })).text).toBe("A cat.");
      expect(JSON.stringify(stage.sent())).toContain("iVBORw0KGgo=");
    });

    test.each(forms)("a failure before the first word: %s", async (form) => {
      stage.play(answer(429, { error: { message: "slow down" } }, { "retry-after": "7" }));
      expect(await failureOf(ask(form, {}))).toMatchObject({ statusCode: 429, isRetryable: true });
    });
  },
);

describe("what agents ask beside messages", () => {
  test("models, a page after the other, and one of them", async () => {
    const models = Array.from({ length: 25 }, (_, index) => `m${String(index).padStart(2, "0")}`);
    await using stage = await openStage({ models });
    const client = new Anthropic({ baseURL: stage.app.origin, apiKey: "any", maxRetries: 0 });
    const first = await client.models.list();
    expect([first.data.length, first.has_more]).toEqual([20, true]);
    const all: string[] = [];
    for await (const { id, type, created_at } of client.models.list({ limit: 7 })) {
      expect([type, Number.isNaN(Date.parse(created_at))]).toEqual(["model", false]);
      all.push(id);
    }
    expect(all).toEqual(expect.arrayContaining(["auto", ...models]));
    expect(new Set(all).size).toBe(all.length);
    const before = await client.models.list({ before_id: "m20", limit: 2 });
    expect([before.data.map(({ id }) => id), before.has_more]).toEqual([["m18", "m19"], true]);
    expect(await client.models.retrieve("m03")).toMatchObject({ id: "m03", display_name: "m03", type: "model" });
    expect(await client.models.retrieve("P/m03")).toMatchObject({ id: "P/m03" });
    expect(await failureOf(client.models.retrieve("nowhere"))).toBeInstanceOf(Anthropic.NotFoundError);
    expect(await failureOf(Promise.resolve(client.models.list({ limit: 0 })))).toBeInstanceOf(
      Anthropic.BadRequestError,
    );
    const ours = await (await stage.app.get("/v1/models")).json();
    expect(ours.object).toBe("list");
  });

  test("a model of Anthropic's, for which a route has another answer", async () => {
    using upstream = openUpstream(() => openaiText("Hello."));
    const providers = Bun.YAML.parse(providerYaml({ name: "P", origin: upstream.origin })) as object;
    const routes = [{ name: "claude-sonnet-4-5", providers: [{ provider: "P", model: "m" }] }];
    await using app = await openApp({ yaml: Bun.YAML.stringify({ ...providers, routes }) });
    const client = new Anthropic({ baseURL: app.origin, apiKey: "any", maxRetries: 0 });
    const asked = { model: "claude-sonnet-4-5", messages: [{ role: "user" as const, content: "Hello" }] };
    expect(await client.messages.create({ ...asked, max_tokens: 1 })).toMatchObject({ model: "m" });
    expect((await client.messages.countTokens(asked)).input_tokens).toBeGreaterThan(1);
    expect(JSON.parse(upstream.requests[0]?.body ?? "null").model).toBe("m");
  });

  test("whether there is anybody", async () => {
    await using stage = await openStage();
    const response = await stage.app.get("/", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test("a search of the vendor's is one of ours, which its own tool stands beside", async () => {
    await using stage = await openStage({ flags: { searxng_url: "http://127.0.0.1:9" } });
    stage.play(openaiText("Hello."));
    const client = new Anthropic({ baseURL: stage.app.origin, apiKey: "any", maxRetries: 0 });
    const told = await client.messages.create({
      model: "m",
      max_tokens: 64,
      messages: [{ role: "user", content: "Hello" }],
      tools: [
        { type: "web_search_20250305", name: "web_search", max_uses: 3 },
        { name: "weather", input_schema: schema as unknown as Anthropic.Tool.InputSchema },
      ],
      tool_choice: { type: "tool", name: "web_search" },
    });
    expect(told.content).toMatchObject([{ text: "Hello." }]);
    const names = stage.sent().tools.map((each: { function: { name: string } }) => each.function.name);
    expect(names.sort()).toEqual(["read_page", "weather", "web_search"]);
    expect(stage.sent().tool_choice).toBeUndefined();
  });

  test("media are links, with an address that works from anywhere", async () => {
    await using stage = await openStage();
    stage.play(
      openaiText(
        "![a cat](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)",
      ),
    );
    const client = new Anthropic({ baseURL: stage.app.origin, apiKey: "any", maxRetries: 0 });
    const told = await client.messages
      .stream({ model: "m", max_tokens: 64, messages: [{ role: "user", content: "A cat" }] })
      .finalMessage();
    const [block] = told.content;
    const text = block?.type === "text" ? block.text : "";
    const address = /!\[a cat\]\((http[^)]+)\)/.exec(text)?.[1] ?? "";
    expect((await fetch(address)).headers.get("content-type")).toBe("image/png");
  });

  test("an answer that was asked for with an Idempotency-Key is given again", async () => {
    await using stage = await openStage();
    stage.play(openaiText("Hello."));
    const client = new Anthropic({ baseURL: stage.app.origin, apiKey: "any", maxRetries: 0 });
    const asked = { model: "m", max_tokens: 64, messages: [{ role: "user" as const, content: "Hello" }] };
    const options = { headers: { "idempotency-key": "once" } };
    const first = await client.messages.create(asked, options);
    const again = await client.messages.create(asked, options);
    expect([again.id, again.content]).toEqual([first.id, first.content]);
    expect(stage.requests()).toHaveLength(1);
  });
});
