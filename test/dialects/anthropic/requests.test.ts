import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openStage, type Stage } from "../../support/dialect.ts";
import { wires } from "./wires.ts";

const hello = [{ role: "user", content: "Hello" }];
const mark = { type: "ephemeral" };
const png = "iVBORw0KGgo=";
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: png } };
const pdf = { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" } };
const schema = { type: "object", properties: {}, additionalProperties: false };
const tool = { name: "look", description: "Looks.", input_schema: schema };
const use = (input: object = {}) => ({ type: "tool_use", id: "t1", name: "look", input });
const user = (...content: object[]) => [{ role: "user", content }];
const loop = (result: object) => [
  ...hello,
  { role: "assistant", content: [use()] },
  ...user({ type: "tool_result", tool_use_id: "t1", ...result }),
];
const dataUrl = `data:image/png;base64,${png}`;
const called = { id: "t1", type: "function", function: { name: "look", arguments: "{}" } };

interface Row {
  readonly name: string;
  readonly body: object;
  /** What is sent, as far as it matters; `undefined` is what must not be. */
  readonly openai?: object;
  readonly anthropic?: object;
  readonly model?: string;
}

const rows: Row[] = [
  {
    name: "a system of text, and what shapes an answer",
    body: {
      system: "Be brief.",
      temperature: 0.5,
      top_k: 3,
      stop_sequences: ["END"],
      metadata: { user_id: "u" },
      service_tier: "auto",
    },
    openai: {
      messages: [{ role: "system", content: "Be brief." }, ...hello],
      max_tokens: 64,
      temperature: 0.5,
      top_k: 3,
      stop: ["END"],
      metadata: undefined,
      service_tier: undefined,
    },
    anthropic: {
      system: [{ type: "text", text: "Be brief." }],
      max_tokens: 64,
      top_k: 3,
      stop_sequences: ["END"],
      metadata: undefined,
      service_tier: undefined,
    },
  },
  {
    name: "marks of the cache, which others than Anthropic are not sent",
    body: {
      system: [
        { type: "text", text: "One." },
        { type: "text", text: "Two.", cache_control: mark },
      ],
      tools: [{ ...tool, cache_control: mark }],
      messages: [
        ...hello,
        { role: "assistant", content: [{ ...use(), cache_control: mark }] },
        ...user(
          { type: "tool_result", tool_use_id: "t1", content: "seen", cache_control: mark },
          { type: "text", text: "So?", cache_control: mark },
        ),
      ],
    },
    openai: {
      messages: [
        {
          role: "system",
          content: [
            { type: "text", text: "One." },
            { type: "text", text: "Two." },
          ],
        },
        ...hello,
        { role: "assistant", content: null, tool_calls: [called] },
        { role: "tool", tool_call_id: "t1", content: "seen" },
        { role: "user", content: [{ type: "text", text: "So?" }] },
      ],
      tools: [{ type: "function", function: { name: "look", description: "Looks.", parameters: schema } }],
    },
    anthropic: {
      system: [
        { type: "text", text: "One." },
        { type: "text", text: "Two.", cache_control: mark },
      ],
      tools: [{ ...tool, cache_control: mark }],
      messages: [
        { role: "user", content: [{ type: "text", text: "Hello" }] },
        { role: "assistant", content: [{ ...use(), cache_control: mark }] },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: "seen", cache_control: mark },
            { type: "text", text: "So?", cache_control: mark },
          ],
        },
      ],
    },
  },
  {
    name: "a mark on the whole",
    body: { cache_control: mark },
    openai: { messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }], cache_control: undefined },
    anthropic: { messages: [{ role: "user", content: [{ type: "text", text: "Hello", cache_control: mark }] }] },
  },
  {
    name: "pictures",
    body: { messages: user(image, { type: "text", text: "What is it?" }) },
    openai: {
      messages: user({ type: "image_url", image_url: { url: dataUrl } }, { type: "text", text: "What is it?" }),
    },
    anthropic: { messages: user(image, { type: "text", text: "What is it?" }) },
  },
  {
    name: "a PDF with what is said of it",
    body: { messages: user({ ...pdf, title: "Bill", context: "Of May." }) },
    anthropic: { messages: user({ type: "text", text: "About Bill: Of May." }, pdf) },
  },
  {
    name: "documents that are text, and results of a search",
    body: {
      messages: user(
        { type: "document", source: { type: "text", media_type: "text/plain", data: "Words." }, title: "Note" },
        { type: "document", source: { type: "content", content: [{ type: "text", text: "More." }] } },
        {
          type: "search_result",
          title: "Page",
          source: "https://a.example",
          content: [{ type: "text", text: "Said." }],
        },
      ),
    },
    openai: {
      messages: user(
        { type: "text", text: "<document>\ntitle: Note\n\n" },
        { type: "text", text: "Words." },
        { type: "text", text: "\n</document>\n" },
        { type: "text", text: "<document>\n" },
        { type: "text", text: "More." },
        { type: "text", text: "\n</document>\n" },
        { type: "text", text: "Page\nhttps://a.example\nSaid." },
      ),
    },
  },
  {
    name: "a picture that a tool made",
    body: { messages: loop({ content: [{ type: "text", text: "Look:" }, image] }), tools: [tool] },
    openai: {
      messages: [
        ...hello,
        { role: "assistant", content: null, tool_calls: [called] },
        { role: "tool", tool_call_id: "t1", content: "Look:" },
        ...user({ type: "image_url", image_url: { url: dataUrl } }),
      ],
    },
    anthropic: {
      messages: [
        { role: "user", content: [{ type: "text", text: "Hello" }] },
        { role: "assistant", content: [use()] },
        ...user({ type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "Look:" }, image] }),
      ],
    },
  },
  {
    name: "an empty result of a tool, and a failed one",
    body: { messages: [...loop({}), ...loop({ content: "no", is_error: true }).slice(1)], tools: [tool] },
    openai: {
      messages: [
        ...hello,
        { role: "assistant", content: null, tool_calls: [called] },
        { role: "tool", tool_call_id: "t1", content: "" },
        { role: "assistant", content: null, tool_calls: [called] },
        { role: "tool", tool_call_id: "t1", content: "no" },
      ],
    },
  },
  {
    name: "what stands in earlier turns and is of no use",
    body: {
      messages: [
        ...hello,
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "Hm.", signature: "run_1" },
            { type: "redacted_thinking", data: "x" },
            { type: "server_tool_use", id: "s1", name: "web_search", input: {} },
            { type: "web_search_tool_result", tool_use_id: "s1", content: [] },
            { type: "text", text: "Hi." },
          ],
        },
        ...hello,
      ],
    },
    openai: { messages: [...hello, { role: "assistant", content: "Hi." }, ...hello] },
    anthropic: {
      messages: [
        { role: "user", content: [{ type: "text", text: "Hello" }] },
        { role: "assistant", content: [{ type: "text", text: "Hi." }] },
        { role: "user", content: [{ type: "text", text: "Hello" }] },
      ],
    },
  },
  {
    name: "the beginning of the answer",
    body: { messages: [...hello, { role: "assistant", content: "{" }] },
    openai: { messages: [...hello, { role: "assistant", content: "{" }] },
    anthropic: {
      messages: [
        { role: "user", content: [{ type: "text", text: "Hello" }] },
        { role: "assistant", content: [{ type: "text", text: "{" }] },
      ],
    },
  },
  ...(
    [
      [{ type: "auto" }, "auto", { type: "auto" }],
      [{ type: "any" }, "required", { type: "any" }],
      [{ type: "none" }, "none", { type: "none" }],
      [
        { type: "tool", name: "look" },
        { type: "function", function: { name: "look" } },
        { type: "tool", name: "look" },
      ],
    ] as const
  ).map(([choice, openai, anthropic]) => ({
    name: `tools, ${choice.type}`,
    body: { tools: [{ type: "custom", ...tool }], tool_choice: choice },
    openai: { tool_choice: openai, parallel_tool_calls: undefined },
    anthropic: { tool_choice: anthropic, tools: [tool] },
  })),
  {
    name: "one tool at a time",
    body: { tools: [tool], tool_choice: { type: "any", disable_parallel_tool_use: true } },
    openai: { tool_choice: "required", parallel_tool_calls: false },
    anthropic: { tool_choice: { type: "any", disable_parallel_tool_use: true } },
  },
  ...(["output_config", "output_format"] as const).map((field) => {
    const format = { type: "json_schema", schema };
    return {
      name: `a form of the answer in ${field}`,
      body: field === "output_config" ? { output_config: { format } } : { output_format: format },
      model: "claude-sonnet-4-5",
      openai: { response_format: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } } },
      anthropic: { output_config: { format } },
    };
  }),
  ...(
    [
      [1024, "minimal"],
      [4096, "low"],
      [16_000, "medium"],
      [31_999, "high"],
    ] as const
  ).map(([budget_tokens, effort]) => ({
    name: `a budget of ${budget_tokens}`,
    body: { max_tokens: 32_000, thinking: { type: "enabled", budget_tokens } },
    model: "claude-sonnet-4-5",
    openai: { reasoning_effort: effort, thinking: undefined },
    anthropic: {
      thinking: { type: "enabled", budget_tokens: { minimal: 1024, low: 2048, medium: 8192, high: 23808 }[effort] },
    },
  })),
  {
    name: "thinking as the model likes",
    body: { thinking: { type: "adaptive" } },
    model: "claude-opus-5",
    openai: { reasoning_effort: "high" },
    anthropic: { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "high" } },
  },
  {
    name: "an effort",
    body: { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
    model: "claude-opus-5",
    openai: { reasoning_effort: "low" },
    anthropic: { output_config: { effort: "low" } },
  },
  {
    name: "no thinking",
    body: { thinking: { type: "disabled" } },
    model: "claude-opus-5",
    openai: { reasoning_effort: "none" },
    anthropic: { thinking: undefined, output_config: undefined },
  },
];

describe.each(wires.map((wire) => [wire.type, wire] as const))("%s is sent", (type, wire) => {
  let stage: Stage;
  beforeAll(async () => void (stage = await openStage({ type, models: ["m", "claude-sonnet-4-5", "claude-opus-5"] })));
  afterAll(() => stage[Symbol.asyncDispose]());

  test.each(rows.filter((row) => row[type]))("$name", async ({ body, model = "m", ...row }) => {
    stage.play(wire.play([{ text: "Yes." }]));
    const asked = { model, max_tokens: 64, messages: hello, ...body };
    const response = await stage.app.get("/v1/messages", { method: "POST", body: JSON.stringify(asked) });
    expect([response.status, await response.json()]).toMatchObject([200, { content: [{ text: "Yes." }] }]);
    const sent = stage.sent();
    for (const [field, value] of Object.entries(row[type] ?? {})) expect(sent[field]).toEqual(value);
  });
});
