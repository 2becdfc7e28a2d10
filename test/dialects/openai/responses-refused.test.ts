import { afterAll, expect, test } from "bun:test";
import { openApp, providerYaml } from "../../support/app.ts";
import { chatChunks } from "../../support/chat-chunks.ts";
import { openUpstream } from "../../support/scripted-upstream.ts";

const upstream = openUpstream(() => chatChunks([{ content: "Yes." }]));
const opened = openApp({ yaml: providerYaml({ name: "One", origin: upstream.origin }) });
afterAll(async () => {
  await (await opened)[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
});

async function post(body: unknown): Promise<Response> {
  return (await opened).get("/v1/responses", { method: "POST", body: JSON.stringify(body) });
}

const noted = "input[0].content: expected a string or an array of parts";
test.each([
  ["no input", { model: "m" }, "input: expected"],
  ["input of another type", { input: 5 }, "input: expected"],
  ["an item that is none", { input: [null] }, "input[0]: expected"],
  ["an item of an unknown type", { input: [{ type: "computer_call_output" }] }, "input[0].type: expected"],
  ["a role that is none", { input: [{ role: "god", content: "" }] }, "input[0].role: expected"],
  ["content of another type", { input: [{ role: "user", content: 5 }] }, noted],
  ["a part that is none", { input: [{ role: "user", content: [{ type: "text", text: "" }] }] }, "input[0].content"],
  ["a picture without an address", { input: [{ role: "user", content: [{ type: "input_image" }] }] }, "input_image"],
  ["a call without a name", { input: [{ type: "function_call", call_id: "c", arguments: "" }] }, "input[0].name"],
  ["another's tool", { input: "Hi", tools: [{ type: "computer_use_preview" }] }, "tools[0].type: expected"],
  ["a tool without a name", { input: "Hi", tools: [{ type: "function" }] }, "tools[0].name"],
  [
    "a caller's own server",
    { input: "Hi", tools: [{ type: "mcp", server_label: "a", server_url: "http://a" }] },
    "mcp",
  ],
  ["a server that nobody has set up", { input: "Hi", tools: [{ type: "mcp", server_label: "nobody" }] }, "mcp"],
  [
    "a server whose tools want to be approved",
    { input: "Hi", tools: [{ type: "mcp", server_label: "a", require_approval: "always" }] },
    "tools[0].require_approval: expected never",
  ],
  ["a choice that is none", { input: "Hi", tool_choice: "maybe" }, "tool_choice: expected"],
  ["a choice of another's tool", { input: "Hi", tool_choice: { type: "file_search" } }, "tool_choice: expected"],
  ["a format without a schema", { input: "Hi", text: { format: { type: "json_schema", name: "a" } } }, "text.format"],
  ["metadata of another type", { input: "Hi", metadata: { a: 1 } }, "metadata"],
  ["a conversation", { input: "Hi", conversation: "conv_1" }, "conversation: "],
  ["a prompt", { input: "Hi", prompt: { id: "p" } }, "prompt: "],
  ["the background without a store", { input: "Hi", background: true, store: false }, "background: needs store"],
  ["a response that is none", { input: "Hi", previous_response_id: "../../x" }, "Previous response not found."],
  ["a reference to nothing", { input: [{ type: "item_reference", id: "msg_1" }] }, "item_reference"],
])("a request with %s is refused, and says where", async (_, body, message) => {
  const response = await post(body);
  expect([400, 404]).toContain(response.status);
  const failure = (await response.json()) as { error: { message: string; type: string } };
  expect(failure.error).toMatchObject({ type: "invalid_request_error", param: null });
  expect(failure.error.message.replace("MCP", "mcp")).toContain(message);
});

test.each([
  ["an array", []],
  ["a text", "Hi"],
  ["null", null],
])("%s is no request", async (_, body) => {
  expect((await post(body)).status).toBe(400);
});

test("absurd depths and ten thousand tools do no harm", async () => {
  const deep = JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`);
  expect((await post({ input: deep })).status).toBe(400);
  const parameters = { type: "object", properties: {} };
  const tools = Array.from({ length: 10_000 }, (_, index) => ({ type: "function", name: `tool_${index}`, parameters }));
  const response = await post({ model: "m", input: "Hi", tools, stream: true });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain("event: response.completed");
});

test("what nests as deep as may be is kept, and read again", async () => {
  const schema = JSON.parse(`${'{"a":'.repeat(115)}1${"}".repeat(115)}`);
  const tools = [{ type: "function", name: "deep", parameters: schema }];
  const { id } = (await (await post({ model: "m", input: "Hi", tools })).json()) as { id: string };
  const kept = await (await opened).get(`/v1/responses/${id}`);
  expect(await kept.json()).toMatchObject({ tools });
});

test.each(["..%2F..%2Fetc", "resp_", "%00", "resp_AAAAAAAAAAAAAAAAAAAAAA", "x".repeat(5000)])(
  "an id that is none is a 404: %s",
  async (id) => {
    const app = await opened;
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["POST", "/cancel"],
      ["GET", "/input_items"],
    ] as const)
      expect((await app.get(`/v1/responses/${id}${path}`, { method })).status).toBe(404);
  },
);
