import { describe, expect, test } from "bun:test";
import { toContent } from "../../src/providers/responses/body.ts";
import { openai } from "../../src/providers/adapters/openai.ts";
import { openApp, providerYaml } from "../support/app.ts";
import { readEvents, textOf } from "../support/events.ts";
import { readFixture } from "../support/fixtures.ts";
import { answer, chunked, lastChunk, openUpstream, type Step, toChunk } from "../support/scripted-upstream.ts";

const hello = [{ role: "user", content: "Hello" }];
const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
const call = (id: string) => ({ id, type: "function", function: { name: "look", arguments: "{}" } });
const loop = (id: string, result: unknown = "seen") => [
  ...hello,
  { role: "assistant", content: null, tool_calls: [call(id)] },
  { role: "tool", tool_call_id: id, content: result },
];
const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AQID" } };

/** The body that reaches a vendor, and what the run's log says of it. */
async function sent(type: string, request: Record<string, unknown>, settings = {}) {
  using upstream = openUpstream(() => answer(400, {}));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", type, origin: upstream.origin, settings }) });
  const events = await readEvents(await app.post({ messages: hello, provider: "Work", ...request }));
  const log = events.flatMap((event) => (event.type === "log" ? [event.log] : []));
  const [first] = upstream.requests;
  return { path: first?.path, body: JSON.parse(first?.body ?? "null"), log, events };
}

describe("OpenAI is sent", () => {
  test("no settings of tools where there are none", async () => {
    const { body } = await sent("openai", { model: "m", tools: [], tool_choice: "auto", parallel_tool_calls: true });
    expect(Object.keys(body).sort()).toEqual(["messages", "model", "stream", "stream_options"]);
  });

  test("only what a model takes, and the log says what was left out", async () => {
    const asked = { temperature: 0.5, reasoning_effort: "low", max_completion_tokens: 9 };
    const thinks = await sent("openai", { model: "gpt-6-luna", ...asked });
    expect(thinks.body).toMatchObject({ reasoning_effort: "low", max_completion_tokens: 9 });
    expect(thinks.body).not.toHaveProperty("temperature");
    expect(thinks.log).toEqual(['Work was not sent: "temperature"']);
    const speaks = await sent("openai", { model: "gpt-4o", ...asked });
    expect(speaks.body).toMatchObject({ temperature: 0.5, max_tokens: 9 });
    expect(speaks.log).toEqual(['Work was not sent: "reasoning_effort"']);
  });
});

describe("Anthropic is sent", () => {
  test("thinking in the words of the model's generation", async () => {
    const effort = { reasoning_effort: "high" };
    expect((await sent("anthropic", { model: "claude-sonnet-5-5", ...effort })).body).toMatchObject({
      max_tokens: 8192,
      thinking: { type: "adaptive", display: "summarized" },
      output_config: { effort: "high" },
    });
    expect((await sent("anthropic", { model: "claude-sonnet-4-5-20250929", ...effort })).body).toMatchObject({
      max_tokens: 32000,
      thinking: { type: "enabled", budget_tokens: 23808 },
    });
    const old = await sent("anthropic", { model: "claude-3-5-haiku-20241022", ...effort });
    expect(old.body).not.toHaveProperty("thinking");
    expect(old.log).toEqual(['Work was not sent: "reasoning_effort"']);
  });

  test("no thinking with a forced tool, nor on a budget where a tool turn's own is gone", async () => {
    const asked = { model: "claude-sonnet-4-5", reasoning_effort: "low", tools };
    expect((await sent("anthropic", { ...asked, tool_choice: "required" })).body).not.toHaveProperty("thinking");
    expect((await sent("anthropic", { ...asked, messages: loop("a") })).body).not.toHaveProperty("thinking");
    const thinking = [{ type: "thinking", thinking: "…", signature: "s" }];
    const state = { model: "claude-sonnet-4-5", turns: [{ thinking, tool_call_ids: ["a"] }] };
    const kept = await sent("anthropic", { ...asked, messages: loop("a"), conversation: { Work: state } });
    expect(kept.body.thinking).toEqual({ type: "enabled", budget_tokens: 2048 });
    expect(kept.body.messages[1].content[0]).toEqual(thinking[0]);
    const other = { ...state, model: "claude-sonnet-5-5" };
    const foreign = await sent("anthropic", { ...asked, messages: loop("a"), conversation: { Work: other } });
    expect(foreign.body.messages[1].content.map(({ type }: { type: string }) => type)).toEqual(["tool_use"]);
  });

  test("a schema as it takes one, with the rest of it in words, and all of it where the model takes none", async () => {
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: {
        city: { type: "string", description: "A name.", minLength: 2, format: "city" },
        days: { type: "array", minItems: 1, items: { oneOf: [{ type: "integer", minimum: 0 }, { type: "null" }] } },
      },
      required: ["city"],
    };
    const asked = { response_format: { type: "json_schema", json_schema: { name: "weather", schema } } };
    const { body, log } = await sent("anthropic", { model: "claude-sonnet-5-5", reasoning_effort: "low", ...asked });
    expect(body.output_config).toEqual({
      effort: "low",
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: {
            city: { type: "string", description: 'A name. {"minLength":2,"format":"city"}' },
            days: {
              type: "array",
              minItems: 1,
              items: { anyOf: [{ type: "integer", description: '{"minimum":0}' }, { type: "null" }] },
            },
          },
          required: ["city"],
          additionalProperties: false,
        },
      },
    });
    expect(log).toEqual([]);
    const old = await sent("anthropic", { model: "claude-3-5-haiku-20241022", ...asked });
    expect(old.body).not.toHaveProperty("output_config");
    expect(old.body.system[0].text).toContain(JSON.stringify(schema));
    const map = { type: "object", properties: { ages: { type: "object", additionalProperties: { type: "integer" } } } };
    const open = { response_format: { type: "json_schema", json_schema: { name: "ages", schema: map } } };
    const said = await sent("anthropic", { model: "claude-sonnet-5-5", ...open });
    expect([said.body.output_config, said.body.system[0].text]).toEqual([
      undefined,
      expect.stringContaining(JSON.stringify(map)),
    ]);
    const any = await sent("anthropic", { model: "claude-sonnet-5-5", response_format: { type: "json_object" } });
    expect(any.body.system).toEqual([{ type: "text", text: "Answer with one JSON document alone." }]);
  });

  test("one of temperature and top_p, none to the newest", async () => {
    const asked = { temperature: 0.5, top_p: 0.9 };
    expect((await sent("anthropic", { model: "claude-3-haiku-20240307", ...asked })).body).toMatchObject(asked);
    const one = await sent("anthropic", { model: "claude-sonnet-4-5", ...asked });
    expect([one.body.temperature, one.body.top_p, one.log]).toEqual([0.5, undefined, ['Work was not sent: "top_p"']]);
    const none = await sent("anthropic", { model: "claude-opus-5", ...asked });
    expect([none.body.temperature, none.log]).toEqual([undefined, ['Work was not sent: "temperature", "top_p"']]);
  });

  test("pictures of tools, ids that it takes, cache marks and documents", async () => {
    const mark = { type: "ephemeral" };
    const pdf = { type: "file", file: { file_data: "data:application/pdf;base64,AQID" }, cache_control: mark };
    const { body } = await sent("anthropic", {
      model: "claude-sonnet-4-5",
      tools: [{ ...tools[0], cache_control: mark }],
      messages: [{ role: "user", content: [pdf] }, ...loop("functions.look:0", [picture])],
    });
    expect(body.tools[0].cache_control).toEqual(mark);
    const source = { type: "base64", media_type: "application/pdf", data: "AQID" };
    expect(body.messages[0].content[0]).toEqual({ type: "document", source, cache_control: mark });
    expect(body.messages[1].content[0].id).toBe("functions_look_0");
    expect(body.messages[2].content[0]).toMatchObject({
      tool_use_id: "functions_look_0",
      content: [{ type: "image", source: { media_type: "image/png" } }],
    });
  });

  test("the form of an answer in its field, or in words where a model or the schema is not that strict", async () => {
    const format = (strict: boolean) => ({
      response_format: { type: "json_schema", json_schema: { name: "place", schema: { type: "object" }, strict } },
      messages: [{ role: "system", content: "Be brief." }, ...hello],
    });
    const native = await sent("anthropic", { model: "claude-opus-5", reasoning_effort: "low", ...format(true) });
    expect(native.body.output_config).toEqual({
      effort: "low",
      format: { type: "json_schema", schema: { type: "object" } },
    });
    expect(native.body.system).toHaveLength(1);
    for (const [model, strict] of [["claude-opus-5", false] as const, ["claude-sonnet-4-20250514", true] as const]) {
      const { body } = await sent("anthropic", { model, ...format(strict) });
      expect(body.output_config).toBeUndefined();
      expect(body.system[1].text).toContain('{"type":"object"}');
    }
  });

  test("a system message alone as a turn", async () => {
    const { body } = await sent("anthropic", { model: "m", messages: [{ role: "system", content: "Say hi" }] });
    expect([body.system, body.messages]).toEqual([
      undefined,
      [{ role: "user", content: [{ type: "text", text: "Say hi" }] }],
    ]);
  });
});

describe("Gemini is sent", () => {
  const thinking = async (model: string, effort: string | null) =>
    (await sent("gemini", { model, reasoning_effort: effort })).body.generationConfig?.thinkingConfig;

  test("thinking in the words of the model's generation, and none where it cannot", async () => {
    expect(await thinking("gemini-3.5-flash", "none")).toEqual({ includeThoughts: true, thinkingLevel: "low" });
    expect(await thinking("gemini-flash-latest", null)).toEqual({ includeThoughts: true });
    expect(await thinking("gemini-2.5-flash", "none")).toEqual({ includeThoughts: false, thinkingBudget: 0 });
    expect(await thinking("gemini-2.5-pro", "none")).toEqual({ includeThoughts: true, thinkingBudget: 128 });
    for (const model of ["gemini-2.0-flash", "gemini-2.5-flash-image", "gemma-3-27b-it"])
      expect(await thinking(model, "high")).toBeUndefined();
  });

  test("the signatures of every step, and a mark where there is none", async () => {
    const asked = { model: "gemini-3.5-flash", messages: [...loop("a"), ...loop("b").slice(1)] };
    const parts = async (conversation: unknown) =>
      (await sent("gemini", { ...asked, conversation })).body.contents
        .filter(({ role }: { role: string }) => role === "model")
        .map(({ parts: [part] }: { parts: { thoughtSignature?: string }[] }) => part?.thoughtSignature);
    expect(await parts({ Work: { signatures: { a: "SA", b: "SB" } } })).toEqual(["SA", "SB"]);
    expect(await parts(null)).toEqual(["skip_thought_signature_validator", "skip_thought_signature_validator"]);
  });

  test("pictures of tools beside their results, no penalties, and a system message alone as a turn", async () => {
    const { body, log } = await sent("gemini", {
      model: "gemini-2.5-flash",
      messages: loop("a", [picture]),
      frequency_penalty: 0.5,
    });
    expect(body.contents[2].parts).toEqual([
      { functionResponse: { id: "a", name: "look", response: { result: "" } } },
      { inlineData: { mimeType: "image/png", data: "AQID" } },
    ]);
    expect(log).toEqual(['Work was not sent: "frequency_penalty"']);
    const alone = await sent("gemini", { model: "m", messages: [{ role: "system", content: "Say hi" }] });
    expect(alone.body.contents).toEqual([{ role: "user", parts: [{ text: "Say hi" }] }]);
  });
});

describe("OpenAI's Responses is", () => {
  const ask = (request: Record<string, unknown>) => sent("openai", request, { api: "responses" });

  test("asked for models that reason, at the vendor's own address; elsewhere where the operator says so", async () => {
    const limits = { connectMs: 1, isProxied: false, firstByteMs: 1, loadMs: 1, silenceMs: 1 };
    const takesSeed = (model: string, options = {}) =>
      "seed" in openai.open({ name: "OpenAI", limits, ...options }).parameters(model);
    for (const model of ["gpt-6-luna", "gpt-5-mini", "gpt-5.2-codex", "o3", "o4-mini-2025-04-16"]) {
      expect([model, takesSeed(model)]).toEqual([model, false]);
      expect(takesSeed(model, { api: "chat" })).toBe(true);
      expect(takesSeed(model, { baseUrl: "http://localhost/v1" })).toBe(true);
    }
    for (const model of ["gpt-4o", "gpt-5-chat-latest", "gpt-5-search-api", "m", ""]) {
      expect([model, takesSeed(model)]).toEqual([model, true]);
      expect(takesSeed(model, { api: "responses" })).toBe(false);
    }
    expect((await sent("openai", { model: "gpt-6-luna" })).path).toBe("/chat/completions");
    expect((await sent("openai", { model: "gpt-6-luna" }, { api: "chat" })).path).toBe("/chat/completions");
    expect((await ask({ model: "m" })).path).toBe("/responses");
  });

  test("sent nothing that it does not know, and the log says what", async () => {
    const odd = { seed: 1, stop: "x", presence_penalty: 1, frequency_penalty: 1 };
    const { body, log } = await ask({ model: "m", top_p: 0.5, ...odd, tools: [], tool_choice: "auto" });
    expect(body).toEqual({
      model: "m",
      input: [{ type: "message", role: "user", content: "Hello" }],
      stream: true,
      store: false,
      top_p: 0.5,
    });
    expect(log).toEqual(['Work was not sent: "seed", "stop", "presence_penalty", "frequency_penalty"']);
    const passed = { user: "u", verbosity: "low", logprobs: true, top_logprobs: 2, top_k: 1, logit_bias: {} };
    const more = (await ask({ model: "m", ...passed })).body;
    expect(more).toMatchObject({ user: "u", text: { verbosity: "low" }, top_logprobs: 2 });
    expect(more.include).toEqual(["message.output_text.logprobs"]);
    for (const field of ["verbosity", "logprobs", "top_k", "logit_bias"]) expect(more).not.toHaveProperty(field);
  });

  test("asked for thinking only where there is some", async () => {
    const reasoning = async (model: string, effort?: string) => (await ask({ model, reasoning_effort: effort })).body;
    expect((await reasoning("gpt-6-luna")).reasoning).toEqual({ summary: "auto" });
    expect((await reasoning("gpt-6-luna", "high")).reasoning).toEqual({ effort: "high", summary: "auto" });
    expect((await reasoning("gpt-6-luna", "none")).reasoning).toEqual({ effort: "none" });
    expect((await reasoning("m", "low")).include).toEqual(["reasoning.encrypted_content"]);
    for (const model of ["gpt-4o", "gpt-5-chat-latest", "m"]) {
      const body = await reasoning(model);
      expect([body.reasoning, body.include]).toEqual([undefined, undefined]);
    }
  });

  test("given tools as they are meant, and limits that it takes", async () => {
    const strict = { type: "function", function: { name: "exact", strict: true } };
    const { body } = await ask({
      model: "m",
      max_tokens: 1,
      tools: [tools[0], strict],
      tool_choice: "required",
      response_format: { type: "json_object" },
    });
    expect(body).toMatchObject({ max_output_tokens: 16, tool_choice: "required" });
    expect(body.tools).toEqual([
      { type: "function", name: "look", parameters: { type: "object" }, strict: false },
      { type: "function", name: "exact", parameters: { type: "object", properties: {} }, strict: true },
    ]);
    expect(body.text).toEqual({ format: { type: "json_object" } });
  });

  test("given PDFs under a name, which it demands", () => {
    const file_data = "data:application/pdf;base64,AQID";
    const inputOf = (filename?: string) =>
      toContent([{ type: "file", file: { file_data, ...(filename !== undefined && { filename }) } }]);
    expect(inputOf()).toEqual([{ type: "input_file", filename: "file.pdf", file_data }]);
    expect(inputOf("a.pdf")).toEqual([{ type: "input_file", filename: "a.pdf", file_data }]);
  });

  test("not sent sound", async () => {
    const sound = { type: "input_audio", input_audio: { data: "AQID", format: "wav" } };
    const { events, body } = await ask({ model: "m", messages: [{ role: "user", content: [sound] }] });
    expect(body).toBeNull();
    expect(events.find(({ type }) => type === "error")).toMatchObject({ error: "BadRequestError" });
  });

  test("sent back its own thinking alone, in front of its calls", async () => {
    const item = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "e" };
    const thinking = [
      { before: "a", item: { ...item, status: null } },
      { before: "a", item: { type: "item_reference", id: "msg_of_somebody" } },
      { before: "a", item: { ...item, encrypted_content: null } },
    ];
    const input = async (model: string) => {
      const state = { model, turns: [{ tool_call_ids: ["a"], thinking }] };
      return (await ask({ model: "gpt-6-luna", messages: loop("a"), conversation: { Work: state } })).body.input;
    };
    const made = { type: "function_call", call_id: "a", name: "look", arguments: "{}" };
    const result = { type: "function_call_output", call_id: "a", output: "seen" };
    expect((await input("gpt-6-luna")).slice(1)).toEqual([item, made, result]);
    expect((await input("gpt-5-mini")).slice(1)).toEqual([made, result]);
  });

  /** What reaches the vendor of the same question asked again and again, where it refuses some. */
  async function askedAgain(refusal: object, isRefused: (body: unknown) => boolean, requests: readonly object[]) {
    const { head, body } = readFixture("openai", "responses-text");
    const good: Step[] = [`${head}\r\ncontent-length: ${body.byteLength}\r\n\r\n`, body];
    using upstream = openUpstream((request) =>
      isRefused(JSON.parse(request.body)) ? answer(400, { error: refusal }) : good,
    );
    const settings = { api: "responses" };
    await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin, settings }) });
    const asked = { messages: loop("a"), provider: "Work", model: "gpt-6-luna" };
    const logs: string[] = [];
    for (const request of requests) {
      const events = await readEvents(await app.post({ ...asked, ...request }));
      expect(textOf(events)).toBe("Hello!");
      logs.push(...events.flatMap((event) => (event.type === "log" ? [event.log] : [])));
    }
    return { bodies: upstream.requests.map((request) => JSON.parse(request.body)), logs };
  }

  test("asked without a summary where the organisation gets none, and of its own keys it is remembered", async () => {
    const message = "Your organization must be verified to generate reasoning summaries. Please go to: …";
    const { bodies, logs } = await askedAgain(
      { message, type: "invalid_request_error", param: "reasoning.summary", code: "unsupported_value" },
      (body) => JSON.stringify(body).includes('"summary":"auto"'),
      [{}, {}, { api_key: "callers-own-0123" }],
    );
    const summaries = bodies.map(({ reasoning }) => reasoning.summary);
    expect(summaries).toEqual(["auto", undefined, undefined, "auto", undefined]);
    expect(bodies[1]).toMatchObject({ include: ["reasoning.encrypted_content"] });
    expect(logs).toEqual(Array(2).fill("Work: asked again without a summary of thinking"));
  });

  test("asked without the earlier thinking where it cannot read it", async () => {
    const message = "The encrypted content gAAA...Rg== could not be verified.";
    const item = { type: "reasoning", summary: [], encrypted_content: "of another organisation" };
    const turns = [{ tool_call_ids: ["a"], thinking: [{ before: "a", item }] }];
    const { bodies, logs } = await askedAgain(
      { message, type: "invalid_request_error", param: null, code: "invalid_encrypted_content" },
      (body) => JSON.stringify(body).includes('"type":"reasoning"'),
      [{ conversation: { Work: { model: "gpt-6-luna", turns } } }],
    );
    expect(bodies.map(({ input }) => input.length)).toEqual([4, 3]);
    expect(logs).toEqual(["Work: asked again without the earlier thinking"]);
  });
});

test("an effort that only objects inherit is none", async () => {
  for (const type of ["anthropic", "gemini"]) {
    const { body } = await sent(type, { model: "claude-sonnet-4-5", reasoning_effort: "constructor" });
    expect(JSON.stringify(body)).not.toContain("native code");
  }
});

describe("a format beside tools, where the vendor refuses both at once, goes into words", () => {
  const schema = { type: "object", properties: { a: { type: "number" } } };
  const format = { type: "json_schema", json_schema: { name: "answer", schema } };
  const words = expect.stringContaining(JSON.stringify(schema));

  test("at Groq, Cohere and Gemini before 3", async () => {
    for (const [type, model] of [
      ["groq", "openai/gpt-oss-120b"],
      ["cohere", "command-a-03-2025"],
    ] as const) {
      const { body } = await sent(type, { model, tools, response_format: format });
      expect(body).not.toHaveProperty("response_format");
      expect(body.messages[0]).toEqual({ role: "system", content: words });
      expect(body.tools).toHaveLength(1);
      const object = await sent(type, { model, tools, response_format: { type: "json_object" } });
      expect(object.body.messages[0].content).toBe("Answer with one JSON document alone.");
    }
    const old = await sent("gemini", { model: "gemini-2.5-flash", tools, response_format: format });
    expect(old.body.systemInstruction).toEqual({ parts: [{ text: words }] });
    expect(old.body.generationConfig ?? {}).not.toHaveProperty("responseMimeType");
    const recent = await sent("gemini", { model: "gemini-3-flash", tools, response_format: format });
    expect(recent.body.generationConfig).toMatchObject({ responseMimeType: "application/json" });
  });

  test("and JSON without a schema at Perplexity, which knows schemas alone", async () => {
    const { body } = await sent("perplexity", { model: "perplexity/sonar", response_format: { type: "json_object" } });
    expect(body.input[0]).toEqual({ type: "message", role: "system", content: "Answer with one JSON document alone." });
  });
});

describe("a choice of tools that a vendor does not take", () => {
  test("is kept all the same: what is forbidden is not offered, and what is demanded is put into words", async () => {
    const forbidden = await sent("cohere", { model: "command-a-03-2025", tools, tool_choice: "none" });
    expect(forbidden.body).not.toHaveProperty("tools");
    const forced = await sent("cohere", { model: "command-a-03-2025", tools, tool_choice: "required" });
    expect(forced.body).not.toHaveProperty("tools");
    expect(forced.body.messages[0].content).toContain("You must call");
  });
});

describe("what a model has drawn or a tool has shown", () => {
  const drawn = [...hello, { role: "assistant", content: [{ type: "text", text: "Here" }, picture] }];

  test("is the user's at OpenAI's Responses and at Perplexity", async () => {
    using upstream = openUpstream(() => answer(400, {}));
    const yaml = Bun.YAML.stringify({
      providers: [
        { name: "R", type: "openai", base_url: upstream.origin, api_key: "k", models: ["gpt-5"], api: "responses" },
        { name: "P", type: "perplexity", base_url: upstream.origin, api_key: "k", models: ["perplexity/sonar"] },
      ],
    });
    await using app = await openApp({ yaml });
    for (const provider of ["R", "P"]) {
      await (await app.post({ messages: drawn, provider })).text();
      const { input } = JSON.parse(upstream.requests.at(-1)?.body ?? "");
      expect(
        input.slice(1).map(({ role, content }: { role: string; content: unknown }) => [role, content]),
      ).toMatchObject([
        ["assistant", "Here"],
        ["user", [{ type: "input_image" }]],
      ]);
    }
  });

  test("is not called a picture at Ollama where it is sound", async () => {
    using upstream = openUpstream(() => answer(400, {}));
    await using app = await openApp({ yaml: providerYaml({ name: "Work", type: "ollama", origin: upstream.origin }) });
    const sound = [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "AQID", format: "wav" } }] }];
    const events = await readEvents(await app.post({ messages: sound, provider: "Work" }));
    expect(events.find((event) => event.type === "error")?.message).toContain("Ollama takes text and pictures");
    expect(upstream.requests.filter(({ path }) => path === "/api/chat")).toEqual([]);
  });
});

test("a call whose id comes before its name is one call", async () => {
  const chunk = (call: object) =>
    `data: ${JSON.stringify({ model: "m", choices: [{ delta: { tool_calls: [call] } }] })}\n\n`;
  using upstream = openUpstream(() => [
    ...chunked([
      chunk({ index: 0, id: "call_1" }),
      chunk({ index: 0, function: { name: "look" } }),
      chunk({ index: 0, function: { arguments: "{}" } }),
      `data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n`,
    ]),
    lastChunk,
  ]);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const events = await readEvents(await app.post({ messages: hello, provider: "Work", tools }));
  const calls = events.flatMap((event) => (event.type === "tool_calls" ? event.tool_calls : []));
  expect(new Set(calls.map(({ index }) => index))).toEqual(new Set([0]));
  expect(calls.flatMap(({ id }) => id ?? [])).toEqual(["call_1"]);
});

test("calls without ids are told apart by their names, and arguments that are an object are text", async () => {
  const chunk = (call: object) =>
    `data: ${JSON.stringify({ model: "m", choices: [{ delta: { tool_calls: [call] } }] })}\n\n`;
  using upstream = openUpstream(() => [
    ...chunked([
      chunk({ index: 0, function: { name: "a", arguments: "{}" } }),
      chunk({ index: 0, id: "", function: { name: "b", arguments: { x: 1 } } }),
      `data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n`,
    ]),
    lastChunk,
  ]);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const events = await readEvents(await app.post({ messages: hello, provider: "Work", tools }));
  const calls = events.flatMap((event) => (event.type === "tool_calls" ? event.tool_calls : []));
  expect(calls).toMatchObject([
    { index: 0, type: "function", id: expect.stringMatching(/^call_/), function: { name: "a", arguments: "{}" } },
    { index: 1, type: "function", id: expect.stringMatching(/^call_/), function: { name: "b", arguments: '{"x":1}' } },
  ]);
});

test("a connection that is kept alive after the last word keeps no run", async () => {
  const done = `data: {"model":"m","choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n`;
  // Longer than this test may take.
  const alive = Array.from({ length: 400 }, () => [{ waitMs: 200 }, toChunk(": keep-alive\n\n")]).flat();
  using upstream = openUpstream(() => [...chunked([done]), ...alive]);
  await using app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  const events = await readEvents(await app.post({ messages: hello, provider: "Work" }));
  expect(events.at(-1)).toEqual({ type: "finish", finish: { reason: "stop" } });
});
