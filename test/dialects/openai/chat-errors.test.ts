import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { openaiBeginning, openStage, type Stage } from "../../support/dialect.ts";
import { makeKey } from "../../support/keys.ts";
import { answer, openaiText, type Step, toChunk } from "../../support/scripted-upstream.ts";
import { failureOf } from "../../support/failure.ts";

let stage: Stage;
let client: OpenAI;
const clientOf = (origin: string, maxRetries = 0) => new OpenAI({ baseURL: `${origin}/v1`, apiKey: "any", maxRetries });
beforeAll(async () => {
  stage = await openStage();
  client = clientOf(stage.app.origin);
});
afterAll(() => stage[Symbol.asyncDispose]());

const messages = [{ role: "user" as const, content: "Hello" }];
const forms = ["whole", "stream"] as const;

/** Everything that is said; throws what the client does. */
async function ask(form: (typeof forms)[number], body: object = {}, by = client): Promise<string> {
  const asked = { model: "m", messages, ...body };
  if (form === "whole") return (await by.chat.completions.create(asked)).choices[0]?.message.content ?? "";
  let text = "";
  for await (const { choices } of await by.chat.completions.create({ ...asked, stream: true }))
    text += choices[0]?.delta.content ?? "";
  return text;
}

const post = (body: string, path = "/v1/chat/completions") => stage.app.get(path, { method: "POST", body });

interface Refusal {
  readonly name: string;
  readonly body?: object;
  readonly plays?: readonly Step[];
  readonly status: number;
  readonly code: string;
  readonly says?: string;
}

const beforeAsking: Refusal[] = [
  {
    name: "no messages",
    body: { messages: [] },
    status: 400,
    code: "invalid_request",
    says: "messages: expected an array with at least one message",
  },
  {
    name: "messages of another type",
    body: { messages: "Hello" },
    status: 400,
    code: "invalid_request",
    says: "messages: expected an array",
  },
  {
    name: "a message that is none",
    body: { messages: [7] },
    status: 400,
    code: "invalid_request",
    says: "messages[0]: expected a message",
  },
  {
    name: "a part of another API",
    body: { messages: [{ role: "user", content: [{ type: "input_text", text: "Hi" }] }] },
    status: 400,
    code: "invalid_request",
    says: "messages[0].content[0]",
  },
  {
    name: "too many choices",
    body: { n: 17 },
    status: 400,
    code: "invalid_request",
    says: "n: expected a whole number from 1 to 16",
  },
  {
    name: "half a token",
    body: { max_completion_tokens: 1.5 },
    status: 400,
    code: "invalid_request",
    says: "max_completion_tokens",
  },
  {
    name: "a tool that is none",
    body: { tools: [{ type: "custom", custom: { name: "x" } }] },
    status: 400,
    code: "invalid_request",
    says: "tools[0]",
  },
  {
    name: "allowed tools without a list",
    body: { tool_choice: { type: "allowed_tools" } },
    status: 400,
    code: "invalid_request",
    says: "tool_choice.allowed_tools",
  },
  { name: "a model that nobody has", body: { model: "nowhere" }, status: 404, code: "model_not_found" },
  { name: "a provider that is none", body: { provider: "Nobody" }, status: 404, code: "provider_not_found" },
];
const ofTheVendor: Refusal[] = [
  {
    name: "a key that the vendor refuses",
    plays: answer(401, { error: { message: "no" } }),
    status: 401,
    code: "missing_auth",
  },
  {
    name: "what the vendor refuses",
    plays: answer(400, { error: { message: "no such thing" } }),
    status: 400,
    code: "upstream_rejected",
  },
  {
    name: "a limit of the vendor",
    plays: answer(429, { error: { message: "slow down" } }, { "retry-after": "7" }),
    status: 429,
    code: "rate_limit_exceeded",
  },
  {
    name: "a vendor that is broken",
    plays: answer(500, { error: { message: "oops" } }),
    status: 502,
    code: "upstream_failed",
  },
  { name: "a vendor that hangs up", plays: ["close"], status: 502, code: "upstream_failed" },
];

describe.each([...beforeAsking, ...ofTheVendor])("$name", ({ body, plays = [], status, code, says = "" }) => {
  test.each(forms)("is a status of its own: %s", async (form) => {
    stage.play(plays);
    const failure = await failureOf(ask(form, body));
    expect(failure).toBeInstanceOf(OpenAI.APIError);
    expect(failure).toMatchObject({ status, code, param: null });
    expect(String(failure)).toContain(says);
    if (plays.length === 0) expect(stage.requests()).toHaveLength(0);
    if (status === 429) expect(failure).toMatchObject({ type: "rate_limit_error" });
  });
});

test("a client without a key is told so, in each form, and one with a key is answered with what its day leaves", async () => {
  await using closed = await openStage({ flags: { access_key: "the-operator-s-key" } });
  const key = await makeKey(closed.app, "ann", { tokens_per_day: 1000 });
  closed.play(openaiText("Hello"));
  for (const form of forms) {
    const failure = await failureOf(ask(form, {}, clientOf(closed.app.origin)));
    expect(failure).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(failure).toMatchObject({ status: 401, code: "invalid_api_key", type: "authentication_error" });
  }
  const known = new OpenAI({ baseURL: `${closed.app.origin}/v1`, apiKey: key.key, maxRetries: 0 });
  const {
    data,
    response,
    request_id: id,
  } = await known.chat.completions.create({ model: "m", messages }).withResponse();
  expect(data.choices[0]?.message.content).toBe("Hello");
  expect(id).toBe(response.headers.get("x-request-id"));
  expect(response.headers.get("x-run-id")).toBe(data.id.replace("chatcmpl-", ""));
  expect(response.headers.get("x-ratelimit-limit-tokens")).toBe("1000");
  expect(response.headers.get("x-ratelimit-remaining-tokens")).toBe("1000");
  expect(response.headers.get("x-ratelimit-reset-tokens")).toMatch(/^(\d+h)?(\d+m)?\d+s$/);
  const later = await known.chat.completions.create({ model: "m", messages, stream: true }).withResponse();
  expect(Number(later.response.headers.get("x-ratelimit-remaining-tokens"))).toBeLessThan(1000);
  for await (const _ of later.data);
  const spent = await failureOf(ask("whole", { max_tokens: 2000 }, known));
  expect(spent).toMatchObject({ status: 429, code: "insufficient_quota" });
});

test("the client tries again by itself after a limit of the vendor, when it was told to", async () => {
  stage.play((_, count) =>
    count === 1 ? answer(429, { error: { message: "slow" } }, { "retry-after": "1" }) : openaiText("Hello"),
  );
  const began = performance.now();
  expect(await ask("whole", {}, clientOf(stage.app.origin, 1))).toBe("Hello");
  expect(performance.now() - began).toBeGreaterThan(900);
  expect(stage.requests()).toHaveLength(2);
});

const beginning = openaiBeginning([{ delta: { content: "Hel" } }]);
/** How an answer ends once its first word was heard. */
const broken: [string, readonly Step[]][] = [
  ["an error in the stream", [toChunk('data: {"error":{"message":"overloaded","code":503}}\n\n')]],
  ["a stream that is cut", ["close"]],
  ["a connection that breaks", ["reset"]],
];

describe.each(broken)("%s after the first word", (_, end) => {
  test("is thrown by the client once it has told what came", async () => {
    const heard = Promise.withResolvers<void>();
    stage.play([...beginning, { until: heard.promise }, ...end]);
    let text = "";
    const reading = (async () => {
      for await (const { choices } of await client.chat.completions.create({ model: "m", messages, stream: true })) {
        text += choices[0]?.delta.content ?? "";
        if (text !== "") heard.resolve();
      }
    })();
    expect(await failureOf(reading)).toBeInstanceOf(OpenAI.APIError);
    expect(text).toBe("Hel");
  });

  test("is the last of the stream: nothing says that the answer is whole", async () => {
    const heard = Promise.withResolvers<void>();
    stage.play([...beginning, { until: heard.promise }, ...end]);
    const response = await post(JSON.stringify({ model: "m", messages, stream: true }));
    // The head leaves with the first word.
    heard.resolve();
    const said = await response.text();
    const last = said.trimEnd().split("\n\n").at(-1) ?? "";
    expect(JSON.parse(last.replace("data: ", ""))).toMatchObject({ error: { type: "server_error", param: null } });
    expect(said).toContain('"content":"Hel"');
    expect(said).not.toContain("[DONE]");
    expect(said).not.toMatch(/"finish_reason":"/);
  });

  test("is a status where the answer was wanted whole", async () => {
    stage.play([...beginning, ...end]);
    expect(await failureOf(ask("whole"))).toMatchObject({ status: 502, code: "upstream_failed" });
  });
});

test.each(forms)("a client that leaves ends the vendor's work: %s", async (form) => {
  stage.play(openaiBeginning([{ delta: { content: "Hel" } }]));
  const controller = new AbortController();
  const asking = (async () => {
    if (form === "whole")
      return client.chat.completions.create({ model: "m", messages }, { signal: controller.signal });
    const stream = await client.chat.completions.create({ model: "m", messages, stream: true });
    for await (const _ of stream) stream.controller.abort();
    return undefined;
  })();
  asking.catch(() => {});
  while (stage.requests().length === 0) await Bun.sleep(5);
  controller.abort();
  await stage.requests()[0]?.closed;
  if (form === "whole") expect(await failureOf(asking)).toBeInstanceOf(OpenAI.APIUserAbortError);
  else expect(await asking).toBeUndefined();
});

const hostile: [string, string, number][] = [
  ["no JSON", "{", 400],
  ["no object", "[]", 400],
  ["nothing", "", 400],
  ["a nest", `{"messages":${"[".repeat(300)}${"]".repeat(300)}}`, 400],
  [
    "a key that is every object's",
    '{"__proto__":{"n":3},"messages":[{"role":"user","content":"Hello"}],"model":"m"}',
    200,
  ],
  [
    "a name in place of a list of functions",
    '{"messages":[{"role":"user","content":"Hello"}],"model":"m","functions":"x"}',
    400,
  ],
];

test.each(hostile)("a body that is %s is met as it deserves", async (_, body, status) => {
  stage.play(openaiText("Hello"));
  const response = await post(body);
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toContain("application/json");
  const told = await response.json();
  if (status === 200) expect(told.choices).toHaveLength(1);
  else expect(told).toMatchObject({ error: { type: "invalid_request_error", param: null } });
});

test("ten thousand tools, of which one is allowed, are one to the vendor", async () => {
  stage.play(openaiText("Hello"));
  const tools = Array.from({ length: 10_000 }, (_, index) => ({
    type: "function" as const,
    function: { name: `t${index}` },
  }));
  const allowed_tools = { mode: "auto" as const, tools: [{ type: "function", function: { name: "t9999" } }] };
  expect(await ask("whole", { tools, tool_choice: { type: "allowed_tools", allowed_tools } })).toBe("Hello");
  expect(stage.sent().tools).toEqual([tools[9999]]);
});

test("an answer that was asked for with an Idempotency-Key is given again, and several are not asked for so", async () => {
  stage.play(openaiText("Hello"));
  const headers = { "idempotency-key": "once" };
  const first = await client.chat.completions.create({ model: "m", messages }, { headers });
  const again = await client.chat.completions.create({ model: "m", messages }, { headers });
  expect([again.id, again.choices]).toEqual([first.id, first.choices]);
  expect(stage.requests()).toHaveLength(1);
  const several = client.chat.completions.create(
    { model: "m", messages, n: 2 },
    { headers: { "idempotency-key": "twice" } },
  );
  expect(await failureOf(several)).toMatchObject({ status: 400, code: "invalid_request" });
});
