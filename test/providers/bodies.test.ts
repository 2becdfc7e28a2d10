import { describe, expect, test } from "bun:test";
import { openApp, providerYaml } from "../support/app.ts";
import { readEvents } from "../support/events.ts";
import { answer, openUpstream } from "../support/scripted-upstream.ts";

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
async function sent(type: string, request: Record<string, unknown>) {
  using upstream = openUpstream(() => answer(400, {}));
  await using app = await openApp({ yaml: providerYaml({ name: "Work", type, origin: upstream.origin }) });
  const events = await readEvents(await app.post({ messages: hello, provider: "Work", ...request }));
  const log = events.flatMap((event) => (event.type === "log" ? [event.log] : []));
  return { body: JSON.parse(upstream.requests[0]?.body ?? "null"), log };
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

  test("one of temperature and top_p, none to the newest", async () => {
    const asked = { temperature: 0.5, top_p: 0.9 };
    expect((await sent("anthropic", { model: "claude-3-haiku-20240307", ...asked })).body).toMatchObject(asked);
    const one = await sent("anthropic", { model: "claude-sonnet-4-5", ...asked });
    expect([one.body.temperature, one.body.top_p, one.log]).toEqual([0.5, undefined, ['Work was not sent: "top_p"']]);
    const none = await sent("anthropic", { model: "claude-opus-5", ...asked });
    expect([none.body.temperature, none.log]).toEqual([undefined, ['Work was not sent: "temperature", "top_p"']]);
  });

  test("pictures of tools, ids that it takes, cache marks and texts", async () => {
    const mark = { type: "ephemeral" };
    const text = { type: "file", file: { file_data: `data:text/markdown;base64,${btoa("# Hi")}` } };
    const { body } = await sent("anthropic", {
      model: "claude-sonnet-4-5",
      tools: [{ ...tools[0], cache_control: mark }],
      messages: [{ role: "user", content: [text] }, ...loop("functions.look:0", [picture])],
    });
    expect(body.tools[0].cache_control).toEqual(mark);
    expect(body.messages[0].content[0].source).toEqual({ type: "text", media_type: "text/plain", data: "# Hi" });
    expect(body.messages[1].content[0].id).toBe("functions_look_0");
    expect(body.messages[2].content[0]).toMatchObject({
      tool_use_id: "functions_look_0",
      content: [{ type: "image", source: { media_type: "image/png" } }],
    });
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

test("an effort that only objects inherit is none", async () => {
  for (const type of ["anthropic", "gemini"]) {
    const { body } = await sent(type, { model: "claude-sonnet-4-5", reasoning_effort: "constructor" });
    expect(JSON.stringify(body)).not.toContain("native code");
  }
});
