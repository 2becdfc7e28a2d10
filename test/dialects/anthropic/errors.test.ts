import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { openStage, type Stage } from "../../support/dialect.ts";
import { makeKey } from "../../support/keys.ts";
import { answer, chunked, type Step, toChunk } from "../../support/scripted-upstream.ts";
import { wires } from "./wires.ts";
import { failureOf } from "../../support/failure.ts";

const messages = [{ role: "user" as const, content: "Hello" }];
const forms = ["whole", "stream"] as const;
const clientOf = (origin: string, options: object = {}) =>
  new Anthropic({ baseURL: origin, apiKey: "any", maxRetries: 0, ...options });

function ask(client: Anthropic, form: (typeof forms)[number], body: object = {}): Promise<Anthropic.Message> {
  const asked = { model: "m", max_tokens: 64, messages, ...body };
  return form === "whole" ? client.messages.create(asked) : client.messages.stream(asked).finalMessage();
}

interface Refusal {
  readonly name: string;
  readonly body?: object;
  readonly plays?: readonly Step[];
  readonly status: number;
  readonly type: string;
  readonly says?: string;
}

const vendorError = (message: string) => ({ type: "error", error: { type: "x", message } });
const invalid = (name: string, body: object, says: string): Refusal => ({
  name,
  body,
  says,
  status: 400,
  type: "invalid_request_error",
});
const block = (content: unknown) => ({ messages: [{ role: "user", content: [content] }] });
const refusals: Refusal[] = [
  invalid("no max_tokens", { max_tokens: undefined }, "max_tokens is missing"),
  invalid("half a token", { max_tokens: 1.5 }, "max_tokens: expected a whole number"),
  invalid("no model", { model: 7 }, "model: expected a model's name"),
  invalid("no message", { messages: [] }, "messages: expected an array with at least one message"),
  invalid("messages of another type", { messages: "Hello" }, "messages: expected an array"),
  invalid("an unknown role", { messages: [{ role: "robot", content: "" }] }, "messages[0].role: expected one of user"),
  invalid("a content that is none", { messages: [{ role: "user", content: 7 }] }, "messages[0].content: expected"),
  invalid("a block that is none", block("x"), "messages[0].content[0]: expected a content block"),
  invalid("an unknown block", block({ type: "smell" }), "messages[0].content[0].type: expected"),
  invalid("a block by an object's own name", block({ type: "constructor" }), "messages[0].content[0].type"),
  invalid("a text without text", block({ type: "text" }), "messages[0].content[0].text is missing"),
  invalid("an image without a source", block({ type: "image" }), "messages[0].content[0].source is missing"),
  invalid(
    "an image of nowhere",
    block({ type: "image", source: { type: "moon" } }),
    "[0].source.type: expected base64",
  ),
  invalid(
    "an image of no type",
    block({ type: "image", source: { type: "base64", media_type: "png", data: "" } }),
    "messages[0].content[0].source.media_type: expected a media type",
  ),
  invalid(
    "a result of nothing",
    block({ type: "tool_result", content: "x" }),
    "messages[0].content[0].tool_use_id is missing",
  ),
  invalid(
    "a smell in a result",
    block({ type: "tool_result", tool_use_id: "t", content: [{ type: "smell" }] }),
    "messages[0].content[0].content[0].type",
  ),
  invalid(
    "a call whose input is none",
    { messages: [{ role: "assistant", content: [{ type: "tool_use", id: "t", name: "n", input: [] }] }] },
    "messages[0].content[0].input: expected an object",
  ),
  invalid("a tool without a schema", { tools: [{ name: "x" }] }, "tools[0].input_schema is missing"),
  invalid("a tool of the vendor's", { tools: [{ type: "bash_20250124", name: "bash" }] }, "tools[0].type"),
  invalid("a tool without a name", { tool_choice: { type: "tool" } }, "tool_choice.name is missing"),
  invalid("a choice of tools that is none", { tool_choice: { type: "maybe" } }, "tool_choice"),
  invalid("thinking that is none", { thinking: { type: "deep" } }, "thinking"),
  invalid("a form that is none", { output_config: { format: { type: "xml" } } }, "output_config"),
  invalid("MCP servers", { mcp_servers: [{ type: "url", url: "https://a.example", name: "a" }] }, "parley.yaml"),
  { name: "a model that nobody has", body: { model: "nowhere" }, status: 404, type: "not_found_error" },
  { name: "a provider that is none", body: { provider: "Nobody" }, status: 404, type: "not_found_error" },
  {
    name: "a file that is none",
    body: block({ type: "image", source: { type: "file", file_id: "file_x" } }),
    status: 404,
    type: "not_found_error",
  },
  {
    name: "a key that the vendor refuses",
    plays: answer(401, vendorError("no")),
    status: 401,
    type: "authentication_error",
  },
  { name: "a bill that is not paid", plays: answer(402, vendorError("pay")), status: 402, type: "billing_error" },
  {
    name: "what the vendor refuses",
    plays: answer(400, vendorError("no such thing")),
    status: 400,
    type: "invalid_request_error",
    says: "no such thing",
  },
  {
    name: "a limit of the vendor",
    plays: answer(429, vendorError("slow"), { "retry-after": "7" }),
    status: 429,
    type: "rate_limit_error",
  },
  { name: "a vendor that is broken", plays: answer(500, vendorError("oops")), status: 502, type: "api_error" },
  { name: "a vendor that has too much to do", plays: answer(529, vendorError("busy")), status: 502, type: "api_error" },
  { name: "a vendor that hangs up", plays: ["close"], status: 502, type: "api_error" },
];

describe.each(wires.map(({ type }) => type))("over the wire of %s", (wire) => {
  let stage: Stage;
  let client: Anthropic;
  beforeAll(async () => {
    stage = await openStage({ type: wire });
    client = clientOf(stage.app.origin);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  describe.each(refusals)("$name", ({ body, plays = [], status, type, says = "" }) => {
    test.each(forms)("is a status of its own: %s", async (form) => {
      stage.play(plays);
      const failure = await failureOf(ask(client, form, body));
      expect(failure).toBeInstanceOf(Anthropic.APIError);
      expect(failure).toMatchObject({ status, type, error: { type: "error", error: { type } } });
      const { message, requestID, headers } = failure as InstanceType<typeof Anthropic.APIError>;
      expect(message).toContain(says);
      expect(requestID).toBe(headers?.get("x-request-id") ?? "none");
      if (plays.length === 0) expect(stage.requests()).toHaveLength(0);
      if (status === 429) expect(headers?.get("retry-after")).toBe("7");
    });
  });
});

const start = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const begun: Record<string, Step[]> = {
  openai: chunked([`data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta: { content: "Hel" } }] })}\n\n`]),
  anthropic: chunked([
    start("message_start", { message: { model: "m", usage: { input_tokens: 4 } } }),
    start("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    start("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hel" } }),
  ]),
};
/** How an answer ends once its first word was heard. */
const ends: Record<string, Step[]> = {
  "a stream that is cut": ["close"],
  "a connection that breaks": ["reset"],
  "an error in the stream": [
    toChunk('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n'),
  ],
};

describe.each(Object.keys(begun))("after the first word, over the wire of %s", (wire) => {
  let stage: Stage;
  beforeAll(async () => void (stage = await openStage({ type: wire })));
  afterAll(() => stage[Symbol.asyncDispose]());

  describe.each(Object.keys(ends))("%s", (end) => {
    test("is thrown by the client once it has told what came", async () => {
      const heard = Promise.withResolvers<void>();
      stage.play([...(begun[wire] ?? []), { until: heard.promise }, ...(ends[end] ?? [])]);
      let text = "";
      const stream = clientOf(stage.app.origin).messages.stream({ model: "m", max_tokens: 9, messages });
      stream.on("text", (piece) => {
        text += piece;
        heard.resolve();
      });
      const failure = await failureOf(stream.finalMessage());
      expect(failure).toBeInstanceOf(Anthropic.APIError);
      expect(failure).toMatchObject({ status: undefined, type: "api_error" });
      expect(text).toBe("Hel");
    });

    test("is a status where the answer was wanted whole", async () => {
      stage.play([...(begun[wire] ?? []), ...(ends[end] ?? [])]);
      expect(await failureOf(ask(clientOf(stage.app.origin), "whole"))).toMatchObject({
        status: 502,
        type: "api_error",
      });
    });
  });

  test.each(forms)("a client that leaves ends the vendor's work: %s", async (form) => {
    stage.play(begun[wire] ?? []);
    const asked = { model: "m", max_tokens: 9, messages };
    const client = clientOf(stage.app.origin);
    const controller = new AbortController();
    const stream = form === "stream" ? client.messages.stream(asked) : undefined;
    stream?.on("text", () => stream.abort());
    const asking = stream?.finalMessage() ?? client.messages.create(asked, { signal: controller.signal });
    asking.catch(() => {});
    while (stage.requests().length === 0) await Bun.sleep(5);
    if (!stream) controller.abort();
    await stage.requests()[0]?.closed;
    expect(await failureOf(asking)).toBeInstanceOf(Anthropic.APIUserAbortError);
  });
});

const hostile: [string, string, number][] = [
  ["no JSON", "{", 400],
  ["no object", "[]", 400],
  ["nothing", "", 400],
  ["a nest", `{"messages":${"[".repeat(300)}${"]".repeat(300)}}`, 400],
  ["too large", `{"model":"${"m".repeat(3_000_000)}"}`, 413],
  [
    "a model with a name that is a book",
    `{"model":"${"m".repeat(300)}","max_tokens":1,"messages":[{"role":"user","content":"x"}]}`,
    400,
  ],
];

test.each(hostile)("a body that is %s is refused as that API does", async (_, body, status) => {
  await using stage = await openStage({ flags: { max_body: "2000000" } });
  const response = await stage.app.get("/v1/messages", { method: "POST", body });
  expect(response.status).toBe(status);
  const type = status === 413 ? "request_too_large" : "invalid_request_error";
  expect(await response.json()).toMatchObject({ type: "error", error: { type }, request_id: expect.any(String) });
});

test("a client without a key is told so, and one with a key of either kind hears what is left of its day", async () => {
  await using closed = await openStage({ flags: { access_key: "the-operator-s-key" } });
  const { key } = await makeKey(closed.app, "ann", { tokens_per_day: 1000 });
  const { origin } = closed.app;
  closed.play(wires[0]?.play([{ text: "Hello." }]) ?? []);
  for (const form of forms) {
    const failure = await failureOf(ask(clientOf(origin), form));
    expect(failure).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(failure).toMatchObject({ status: 401, type: "authentication_error" });
  }
  for (const given of [{ apiKey: key }, { apiKey: null, authToken: key }]) {
    const { data, response, request_id } = await clientOf(origin, given)
      .messages.create({ model: "m", max_tokens: 64, messages })
      .withResponse();
    expect(data.content).toMatchObject([{ text: "Hello." }]);
    expect(request_id).toBe(response.headers.get("x-request-id"));
    expect(response.headers.get("anthropic-ratelimit-tokens-limit")).toBe("1000");
    expect(Number(response.headers.get("anthropic-ratelimit-tokens-remaining"))).toBeLessThanOrEqual(1000);
    expect(Date.parse(response.headers.get("anthropic-ratelimit-tokens-reset") ?? "")).toBeGreaterThan(Date.now());
  }
  const spent = await failureOf(ask(clientOf(origin, { apiKey: key }), "whole", { max_tokens: 2000 }));
  expect(spent).toMatchObject({ status: 429, type: "rate_limit_error" });
});

test("ten thousand tools and a huge system reach the vendor", async () => {
  await using stage = await openStage();
  stage.play(wires[0]?.play([{ text: "Hello." }]) ?? []);
  const tools = Array.from({ length: 10_000 }, (_, index) => ({
    name: `t${index}`,
    input_schema: { type: "object" as const },
  }));
  const system = [{ type: "text" as const, text: "Be brief. ".repeat(20_000) }];
  expect((await ask(clientOf(stage.app.origin), "stream", { tools, system })).content).toMatchObject([
    { text: "Hello." },
  ]);
  expect(stage.sent().tools).toHaveLength(10_000);
});
