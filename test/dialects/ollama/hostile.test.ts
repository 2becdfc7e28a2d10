import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openaiText } from "../../support/scripted-upstream.ts";
import { type AskedServer, openAskedServer } from "./asking.ts";

let server: AskedServer;
beforeAll(async () => {
  server = await openAskedServer();
  server.play(() => openaiText("Yes."));
});
afterAll(() => server[Symbol.asyncDispose]());

const user = { role: "user", content: "Hello" };
const secret = "hunter2";

/** What is refused, with the beginning of why: the field, and never what stood in it. */
const refused: readonly (readonly [name: string, body: unknown, message: string])[] = [
  ["an array", [secret], "the body must be a JSON object"],
  ["a string", secret, "the body must be a JSON object"],
  ["no model", { messages: [user] }, "model is missing"],
  ["a model without a name", { model: "", messages: [user] }, "model: expected a model's name"],
  ["a model that is no name", { model: { a: secret }, messages: [user] }, "model: expected a model's name"],
  ["a name without an end", { model: "m".repeat(300), messages: [user] }, "model: expected"],
  ["messages that are none", { model: "m", messages: secret }, "messages: expected an array"],
  ["a message that is none", { model: "m", messages: [secret] }, "messages[0]: expected a message"],
  ["a role that is none", { model: "m", messages: [{ role: secret }] }, "messages[0].role: expected one of"],
  [
    "a content that is none",
    { model: "m", messages: [{ ...user, content: [secret] }] },
    "messages[0].content: expected",
  ],
  [
    "a picture that is none",
    { model: "m", messages: [user, { ...user, images: [secret] }] },
    "messages[1].images[0]: expected",
  ],
  [
    "a picture by its address",
    { model: "m", messages: [{ ...user, images: ["http://127.0.0.1/a"] }] },
    "messages[0].images[0]",
  ],
  ["a picture with a hole", { model: "m", messages: [{ ...user, images: ["iVBORw0KGgo*"] }] }, "messages[0].images[0]"],
  [
    "calls that are none",
    { model: "m", messages: [{ role: "assistant", tool_calls: [{}] }] },
    "messages[0].tool_calls",
  ],
  ["tools that are none", { model: "m", messages: [user], tools: [{ type: secret }] }, "tools"],
  ["a tool without a name", { model: "m", messages: [user], tools: [{ function: { name: "" } }] }, "tools"],
  [
    "a format that is none",
    { model: "m", messages: [user], format: secret },
    'format: expected "json" or a JSON schema',
  ],
  ["a thought that is none", { model: "m", messages: [user], think: secret }, "think: expected true"],
  ["options that are none", { model: "m", messages: [user], options: [secret] }, "options: expected an object"],
  [
    "a temperature that is none",
    { model: "m", messages: [user], options: { temperature: secret } },
    "options.temperature: expected a number",
  ],
  ["stops that are none", { model: "m", messages: [user], options: { stop: [1] } }, "options.stop: expected"],
  ["a stream that is none", { model: "m", messages: [user], stream: secret }, "stream: expected a boolean"],
  ["a provider that is none", { model: "m", messages: [user], provider: 5 }, "provider: expected a string"],
];

describe("what is refused says which field, and not what stood in it", () => {
  test.each(refused)("%s", async (_, body, message) => {
    const before = server.upstream.requests.length;
    const response = await server.post("/api/chat", body);
    const { error } = await response.json();
    expect([response.status, error]).toEqual([400, expect.stringContaining(message)]);
    expect(error).not.toContain(secret);
    expect(server.upstream.requests).toHaveLength(before);
  });

  test("a prompt, too", async () => {
    for (const [body, message] of [
      [{ model: "m", prompt: [secret] }, "prompt: expected a string"],
      [{ model: "m", prompt: "a", images: [secret] }, "images[0]: expected"],
      [{ model: "m", prompt: "a", images: secret }, "images: expected"],
      [{ model: "m", prompt: "a", system: 1 }, "system: expected a string"],
    ] as const) {
      const response = await server.post("/api/generate", body);
      expect([response.status, (await response.json()).error]).toEqual([400, expect.stringContaining(message)]);
    }
  });

  test("what is no JSON, too deep or too large", async () => {
    const post = (body: string) => server.app.get("/api/chat", { method: "POST", body });
    for (const body of ["", "{", '{"model":"m"', "\ufffe", "[".repeat(200) + "]".repeat(200)]) {
      const response = await post(body);
      expect([response.status, await response.json()]).toEqual([400, { error: expect.any(String) }]);
    }
    const large = await post(
      JSON.stringify({ model: "m", messages: [{ ...user, content: "a".repeat(9 * 1024 * 1024) }] }),
    );
    expect([large.status, await large.json()]).toEqual([413, { error: expect.any(String) }]);
  });
});

/** What is odd, and means something. */
const odd: readonly (readonly [name: string, body: object, sent: object])[] = [
  ["nulls everywhere", { options: null, format: null, think: null, tools: null, keep_alive: null, stream: null }, {}],
  ["an empty format", { format: "" }, {}],
  ["fields that nobody knows", { a: { b: 1 }, messages: [{ ...user, z: 1, images: null, tool_calls: null }] }, {}],
  ["numbers that are no whole ones", { options: { num_predict: 2.5, seed: 1.5 } }, { max_tokens: 3, seed: 1 }],
  ["a field of every object", { __proto__: null, constructor: "x", options: { toString: 1 } }, {}],
];

test.each(odd)("%s: it is answered", async (_, body, sent) => {
  const response = await server.post("/api/chat", { model: "m", messages: [user], ...body });
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"done":true')]);
  expect(server.sent()).toMatchObject(sent);
});

test("10,000 tools and 10,000 messages are answered like few", async () => {
  const tools = Array.from({ length: 10_000 }, (_, index) => ({
    type: "function",
    function: { name: `tool_${index}` },
  }));
  const messages = Array.from({ length: 5_000 }, () => [
    { role: "assistant", content: "", tool_calls: [{ function: { name: "tool_1", arguments: {} } }] },
    { role: "tool", content: "ok", tool_name: "tool_1" },
  ]).flat();
  const response = await server.post("/api/chat", { model: "m", messages: [user, ...messages, user], tools });
  expect(await response.text()).toContain('"done":true');
  const sent = server.sent() as { tools: unknown[]; messages: { tool_call_id?: string }[] };
  expect(sent.tools).toHaveLength(10_000);
  expect(sent.messages.at(-2)?.tool_call_id).toBe("call_unnamed_5000");
});

test("10,000 calls that wait at once are told apart by their ids, and by their tools", async () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `c${index}`);
  const calls = ids.map((id, index) => ({ id, function: { name: `tool_${index % 2}`, arguments: {} } }));
  const [half, rest] = [ids.slice(5_000).toReversed(), Array.from({ length: 5_000 }, () => "tool_1")];
  const results = [
    ...half.map((id) => ({ role: "tool", content: "", tool_call_id: id })),
    ...rest.map((name) => ({ role: "tool", content: "", tool_name: name })),
  ];
  const asked = [user, { role: "assistant", content: "", tool_calls: calls }, ...results];
  expect(await (await server.post("/api/chat", { model: "m", messages: asked })).text()).toContain('"done":true');
  const { messages } = server.sent() as { messages: { tool_call_id?: string }[] };
  const answered = messages.flatMap(({ tool_call_id }) => tool_call_id ?? []);
  expect(answered.slice(0, 5_000)).toEqual(half);
  // First those of that tool, then what is left.
  const first = ids.slice(0, 5_000);
  expect(answered.slice(5_000)).toEqual([
    ...first.filter((_, n) => n % 2 === 1),
    ...first.filter((_, n) => n % 2 === 0),
  ]);
});

test("a client that says it sends what it does not is told so in this API's shape", async () => {
  const compressed = await server.post("/api/chat", {}, { headers: { "content-encoding": "gzip" } });
  expect([compressed.status, await compressed.json()]).toEqual([415, { error: expect.any(String) }]);
  const foreign = await server.post("/api/chat", {}, { headers: { origin: "https://evil.example" } });
  expect([foreign.status, await foreign.json()]).toEqual([403, { error: expect.any(String) }]);
});
