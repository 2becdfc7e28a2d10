import { afterAll, describe, expect, test } from "bun:test";
import type OpenAI from "openai";
import type { Response, ResponseCreateParamsNonStreaming } from "openai/resources/responses/responses";
import { openApp, providerYaml } from "../../support/app.ts";
import { callPieces, chatChunks, chunk } from "../../support/chat-chunks.ts";
import { createOpenai } from "../../support/openai-client.ts";
import { answer, chunked, lastChunk, openUpstream, type Step } from "../../support/scripted-upstream.ts";

type Ask = (client: OpenAI, body: ResponseCreateParamsNonStreaming) => Promise<Response>;

/** Both must come to the same, whatever is asked. */
const ways: readonly [string, Ask][] = [
  ["whole", (client, body) => client.responses.create(body)],
  ["streamed", (client, body) => client.responses.stream(body as never).finalResponse()],
];

const weather = {
  type: "function" as const,
  name: "weather",
  description: "of a city",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: true,
};
const picture = "data:image/png;base64,iVBORw0KGgo=";

const other = { token: "No", logprob: -1.5, bytes: null };
const likely = chunked([
  `data: ${JSON.stringify({
    model: "m-2",
    choices: [
      {
        index: 0,
        delta: { content: "Yes" },
        logprobs: { content: [{ token: "Yes", logprob: -0.25, bytes: null, top_logprobs: [other] }] },
      },
    ],
  })}\n\n`,
  chunk({}, "stop"),
  "data: [DONE]\n\n",
]).concat(lastChunk);
const toNamed = (name: string) => expect.objectContaining({ function: expect.objectContaining({ name }) });

interface Feature {
  readonly name: string;
  readonly body: Partial<ResponseCreateParamsNonStreaming>;
  readonly says?: readonly Step[];
  /** What must reach the vendor. */
  readonly sent?: Readonly<Record<string, unknown>>;
  /** What must come back. */
  readonly comes?: Readonly<Record<string, unknown>>;
}

const features: readonly Feature[] = [
  {
    name: "text, with instructions, settings and usage",
    body: {
      instructions: "Be brief.",
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 100,
      metadata: { topic: "greeting" },
      user: "u",
      prompt_cache_key: "k",
    },
    sent: {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
      ],
      temperature: 0.5,
      top_p: 0.9,
    },
    comes: {
      status: "completed",
      output_text: "Hello there",
      model: "m-2",
      instructions: "Be brief.",
      temperature: 0.5,
      max_output_tokens: 100,
      metadata: { topic: "greeting" },
      error: null,
      incomplete_details: null,
      usage: {
        input_tokens: 20,
        input_tokens_details: { cached_tokens: 5, cache_write_tokens: 0 },
        output_tokens: 8,
        output_tokens_details: { reasoning_tokens: 3 },
        total_tokens: 28,
      },
    },
  },
  {
    name: "what was thought, before the answer",
    body: { reasoning: { effort: "high", summary: "auto" } },
    says: chatChunks([{ reasoning_content: "Let me " }, { reasoning_content: "see." }, { content: "42" }]),
    sent: { reasoning_effort: "high" },
    comes: {
      output_text: "42",
      output: [
        { type: "reasoning", summary: [{ type: "summary_text", text: "Let me see." }] },
        { type: "message", status: "completed", role: "assistant", content: [{ type: "output_text", text: "42" }] },
      ],
    },
  },
  {
    name: "several calls of tools at once, after words",
    body: { tools: [weather], tool_choice: { type: "function", name: "weather" }, parallel_tool_calls: true },
    says: chatChunks(
      [
        { content: "I look." },
        ...callPieces(0, "call_a", "weather", '{"city":"Rome"}'),
        ...callPieces(1, "call_b", "weather", '{"city":"Oslo"}'),
      ],
      "tool_calls",
    ),
    sent: {
      tools: [{ type: "function", function: { name: "weather", description: "of a city", strict: true } }],
      tool_choice: { type: "function", function: { name: "weather" } },
      parallel_tool_calls: true,
    },
    comes: {
      status: "completed",
      output: [
        { type: "message", content: [{ type: "output_text", text: "I look." }] },
        {
          type: "function_call",
          call_id: "call_a",
          name: "weather",
          arguments: '{"city":"Rome"}',
          status: "completed",
        },
        {
          type: "function_call",
          call_id: "call_b",
          name: "weather",
          arguments: '{"city":"Oslo"}',
          status: "completed",
        },
      ],
    },
  },
  {
    name: "the results of tools, as items",
    body: {
      input: [
        { role: "user", content: "And in Rome?" },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "passed over" }] },
        { type: "message", role: "assistant", content: "I look." },
        { type: "function_call", call_id: "call_a", name: "weather", arguments: '{"city":"Rome"}' },
        { type: "function_call", call_id: "call_b", name: "weather", arguments: '{"city":"Oslo"}' },
        { type: "function_call_output", call_id: "call_a", output: "sun" },
        { type: "function_call_output", call_id: "call_b", output: [{ type: "input_text", text: "snow" }] },
      ],
    },
    sent: {
      messages: [
        { role: "user", content: "And in Rome?" },
        {
          role: "assistant",
          content: "I look.",
          tool_calls: [
            { id: "call_a", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
            { id: "call_b", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
          ],
        },
        { role: "tool", tool_call_id: "call_a", content: "sun" },
        { role: "tool", tool_call_id: "call_b", content: "snow" },
      ],
    },
  },
  {
    name: "pictures and sound",
    body: {
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "What is it?" },
            { type: "input_image", image_url: picture, detail: "low" },
            // Their types have no sound here, their API has.
            { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } } as never,
          ],
        },
      ],
    },
    sent: {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: picture, detail: "low" } },
            { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
          ],
        },
      ],
    },
  },
  {
    name: "a document as text",
    body: {
      input: [
        {
          role: "user",
          content: [
            { type: "input_file", filename: "a.txt", file_data: `data:text/plain;base64,${btoa("Rome is old")}` },
          ],
        },
      ],
    },
    sent: { messages: [{ role: "user", content: [{ type: "text", text: expect.stringContaining("Rome is old") }] }] },
  },
  {
    name: "JSON by a schema",
    body: {
      text: {
        format: { type: "json_schema", name: "city", schema: { type: "object", properties: {} }, strict: true },
        verbosity: "low",
      },
    },
    says: chatChunks([{ content: '{"city":' }, { content: '"Rome"}' }]),
    sent: {
      response_format: {
        type: "json_schema",
        json_schema: { name: "city", schema: { type: "object", properties: {} }, strict: true },
      },
    },
    comes: {
      output_text: '{"city":"Rome"}',
      text: { verbosity: "low", format: { type: "json_schema", name: "city" } },
    },
  },
  {
    name: "tools of which some are allowed",
    body: {
      tools: [weather, { ...weather, name: "news" }],
      tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "news" }] },
    },
    sent: { tools: [{ type: "function", function: { name: "news" } }], tool_choice: "required" },
  },
  {
    name: "an answer that was too long",
    body: { max_output_tokens: 2 },
    says: chatChunks([{ content: "Once upon" }], "length"),
    sent: { max_tokens: 2 },
    comes: {
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ type: "message", status: "incomplete", content: [{ text: "Once upon" }] }],
    },
  },
  {
    name: "an answer that was filtered",
    body: {},
    says: chatChunks([{ content: "Well" }], "content_filter"),
    comes: { status: "incomplete", incomplete_details: { reason: "content_filter" } },
  },
  {
    name: "how likely its tokens were",
    body: { include: ["message.output_text.logprobs"], top_logprobs: 1 },
    says: likely,
    sent: { logprobs: true, top_logprobs: 1 },
    comes: {
      output: [{ content: [{ text: "Yes", logprobs: [{ token: "Yes", logprob: -0.25, top_logprobs: [other] }] }] }],
    },
  },
  {
    name: "tools of the web among those of the caller",
    body: { tools: [weather, { type: "web_search" }] },
    sent: { tools: expect.arrayContaining(["weather", "web_search", "read_page"].map(toNamed)) },
    comes: { tools: [{ name: "weather" }, { type: "web_search" }] },
  },
  { name: "an answer of no words", body: {}, says: chatChunks([]), comes: { status: "completed", output: [] } },
];

describe.each([...ways])("a response, %s", (_, ask) => {
  let says: readonly Step[] = [];
  const upstream = openUpstream(() => says);
  const opened = openApp({
    yaml: providerYaml({ name: "One", origin: upstream.origin }),
    // So that tools of the web are offered; nobody calls them.
    flags: { searxng_url: "http://127.0.0.1:9" },
  });
  afterAll(async () => {
    await (await opened)[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });

  test.each(features.map((feature) => [feature.name, feature] as const))("has %s", async (_, feature) => {
    const app = await opened;
    const client = createOpenai(app);
    says = feature.says ?? chatChunks([{ content: "Hello " }, { content: "there" }]);
    const response = await ask(client, { model: "m", input: "Hi", ...feature.body });
    expect(JSON.parse(upstream.requests.at(-1)?.body ?? "")).toMatchObject({ model: "m", ...feature.sent });
    expect(response).toMatchObject({ object: "response", status: "completed", ...feature.comes });
    const { _request_id: id, ...kept } = await client.responses.retrieve(response.id);
    expect(id).toBeString();
    expect(response).toMatchObject(kept);
  });

  test.each([
    [401, 401, "authentication_error"],
    [402, 402, "insufficient_quota"],
    [429, 429, "rate_limit_error"],
    [500, 502, "server_error"],
    [400, 400, "invalid_request_error"],
  ])("that a vendor refuses with %d has that failure's status, and is not kept", async (given, status, type) => {
    const app = await opened;
    await app.services.store.responses.removeBefore(Infinity);
    says = answer(given, { error: { message: "no", code: "c" } });
    const failure = await ask(createOpenai(app), { model: "One/m", input: "Hi" }).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ status, type });
    expect(await app.services.store.responses.removeBefore(Infinity)).toBe(0);
  });
});

test("a streamed response is told by OpenAI's events, one for each token, numbered without a gap", async () => {
  const deltas = [{ reasoning_content: "Hm" }, { content: "A" }, ...callPieces(0, "call_a", "weather", "{}")];
  using upstream = openUpstream(() => chatChunks(deltas, "tool_calls"));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const events = await Array.fromAsync(
    await createOpenai(app).responses.create({ model: "m", input: "Hi", tools: [weather], stream: true }),
  );
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  expect(events.map(({ type }) => type.replace("response.", ""))).toEqual([
    "created",
    "in_progress",
    "output_item.added",
    "reasoning_summary_part.added",
    "reasoning_summary_text.delta",
    "reasoning_summary_text.done",
    "reasoning_summary_part.done",
    "output_item.done",
    "output_item.added",
    "content_part.added",
    "output_text.delta",
    "output_text.done",
    "content_part.done",
    "output_item.done",
    "output_item.added",
    "function_call_arguments.delta",
    "function_call_arguments.delta",
    "function_call_arguments.done",
    "output_item.done",
    "completed",
  ]);
});

test("an upstream that is cut in the middle fails the response, in the stream and as it is kept", async () => {
  using upstream = openUpstream(() => [...chunked([chunk({ content: "Half" })]), "hang"]);
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const client = createOpenai(app);
  const stream = client.responses.stream({ model: "m", input: "Hi" });
  stream.on("response.output_text.delta", () => upstream[Symbol.dispose]());
  const failed = await stream.finalResponse();
  expect(failed).toMatchObject({
    status: "failed",
    error: { code: "server_error" },
    output: [{ status: "incomplete", content: [{ text: "Half" }] }],
  });
  expect(await client.responses.retrieve(failed.id)).toMatchObject({ status: "failed", error: failed.error });
});

test("an answer that is cut before it is whole has a status, and is not kept", async () => {
  using upstream = openUpstream(() => [...chunked([chunk({ content: "Half" })]), "close"]);
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const whole = createOpenai(app).responses.create({ model: "m", input: "Hi" });
  expect(await whole.catch((thrown: unknown) => thrown)).toMatchObject({ status: 502, type: "server_error" });
  expect(await app.services.store.responses.removeBefore(Infinity)).toBe(0);
});

test("a call that was cut is never told as done", async () => {
  const pieces = callPieces(0, "call_a", "weather", '{"city":"Rome"}').slice(0, 2);
  using upstream = openUpstream(() => [...chunked(pieces.map((piece) => chunk(piece))), "hang"]);
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const { responses } = createOpenai(app);
  const types: string[] = [];
  for await (const event of await responses.create({ model: "m", input: "Hi", tools: [weather], stream: true })) {
    types.push(event.type);
    if (event.type === "response.function_call_arguments.delta") upstream[Symbol.dispose]();
    if (event.type === "response.failed")
      expect(event.response.output).toMatchObject([{ type: "function_call", status: "incomplete" }]);
  }
  expect(types.at(-1)).toBe("response.failed");
  expect(types).not.toContain("response.output_item.done");
});

test("what is asked to fit a schema is parsed by their client", async () => {
  using upstream = openUpstream(() => chatChunks([{ content: '{"city":"Rome"}' }]));
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const parsed = await createOpenai(app).responses.parse({
    model: "m",
    input: "Where?",
    text: { format: { type: "json_schema", name: "place", schema, strict: true } },
  });
  expect(parsed.output_parsed as unknown).toEqual({ city: "Rome" });
});

test("a client that leaves ends the upstream's work, and what came stays as cancelled", async () => {
  using upstream = openUpstream(() => [...chunked([chunk({ content: "Half" })]), "hang"]);
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
  const client = createOpenai(app);
  const stream = await client.responses.create({ model: "m", input: "Hi", stream: true });
  let id = "";
  for await (const event of stream) {
    if (event.type === "response.created") ({ id } = event.response);
    if (event.type !== "response.output_text.delta") continue;
    expect(await client.responses.retrieve(id)).toMatchObject({ status: "in_progress", output: [] });
    break;
  }
  await upstream.requests[0]?.closed;
  // Its last write is on its way as the upstream is let go.
  for (;;) {
    const left = await client.responses.retrieve(id);
    if (left.status === "in_progress") continue;
    expect(left).toMatchObject({
      status: "cancelled",
      output: [{ status: "incomplete", content: [{ text: "Half" }] }],
    });
    break;
  }
});

test("about how many tokens a request is, can be asked", async () => {
  await using app = await openApp({ yaml: providerYaml({ name: "One", origin: "http://127.0.0.1:9" }) });
  const client = createOpenai(app);
  const { input_tokens: short } = await client.responses.inputTokens.count({ model: "m", input: "Hi" });
  const { input_tokens: long } = await client.responses.inputTokens.count({ model: "m", input: "Hi ".repeat(1000) });
  expect(short).toBeGreaterThan(0);
  expect(long).toBeGreaterThan(short + 500);
});
