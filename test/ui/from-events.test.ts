import { describe, expect, test } from "bun:test";
import type { RunEvent } from "../../src/protocol/events.ts";
import { emptyAnswer, withEvents } from "../../src/ui/chat/from-events.ts";
import { fromMessage, onlyFollowed, withFollowed } from "../../src/ui/chat/from-message.ts";

const after = (...events: RunEvent[]) => withEvents(emptyAnswer, events, 0);
const content = (text: string): RunEvent => ({ type: "content", content: text });
const thought = (token: string): RunEvent => ({ type: "reasoning", token });
const finish = (reason: "stop" | "length" | "error" | "cancelled"): RunEvent => ({
  type: "finish",
  finish: { reason },
});

describe("an answer, as its events tell it", () => {
  test("has its text, who answers, and what it took", () => {
    const answer = after(
      { type: "provider", provider: { name: "AnyProvider", url: null, label: null, model: null } },
      { type: "provider", provider: { name: "Work", url: null, label: null, model: "m" } },
      { type: "parameters", parameters: {} },
      content("Hel"),
      content("lo"),
      { type: "suggestions", suggestions: ["Why?"] },
      { type: "usage", usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }, cost: 0.5 },
      finish("stop"),
      { type: "log", log: "Work/m" },
    );
    expect(answer).toEqual({
      ...emptyAnswer,
      state: "done",
      provider: "Work",
      model: "m",
      text: "Hello",
      suggestions: ["Why?"],
      usage: { promptTokens: 5, completionTokens: 2, cost: 0.5 },
      finish: "stop",
    });
  });

  test("thinks for as long as it takes until it says something", () => {
    const begun = withEvents(emptyAnswer, [thought("a"), thought("b")], 1_000);
    expect([begun.reasoning, begun.reasoningMs]).toEqual(["ab", undefined]);
    const said = withEvents(begun, [content("c")], 3_500);
    expect(said.reasoningMs).toBe(2_500);
    const again = withEvents(withEvents(said, [thought("d")], 4_000), [finish("stop")], 5_000);
    expect([again.reasoning, again.reasoningMs]).toEqual(["abd", 3_500]);
  });

  test("has thought for as long as the server says, and for an unknown time where all of it came at once", () => {
    const open: RunEvent = { type: "reasoning", token: null, status: "🤔 Is thinking...", is_thinking: "<think>" };
    const close: RunEvent = { type: "reasoning", token: null, status: "Thought for 2.34s", is_thinking: "</think>" };
    expect(after(open, thought("a"), close, content("b")).reasoningMs).toBe(2_340);
    expect(after(thought("a"), content("b")).reasoningMs).toBeUndefined();
  });

  test("says what it does until it writes, and keeps what it did", () => {
    const searching = after({ type: "reasoning", token: null, status: "Searching the web" });
    const reading = withEvents(searching, [{ type: "reasoning", label: "read page", status: "example.org" }], 0);
    expect([searching.status, reading.status]).toEqual(["Searching the web", "read page: example.org"]);
    const writing = withEvents(reading, [content("x")], 0);
    expect(writing.status).toBe("");
    expect(writing.steps).toEqual([
      { label: "", status: "Searching the web" },
      { label: "read page", status: "example.org" },
    ]);
  });

  test("puts the pieces of its calls together", () => {
    const { toolCalls } = after(
      { type: "tool_calls", tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: '{"x"' } }] },
      { type: "tool_calls", tool_calls: [{ index: 1, id: "b", function: { name: "g", arguments: "{}" } }] },
      { type: "tool_calls", tool_calls: [{ index: 0, function: { arguments: ":1}" } }] },
    );
    expect(toolCalls.map(({ id, function: { arguments: given } }) => [id, given])).toEqual([
      ["a", '{"x":1}'],
      ["b", "{}"],
    ]);
  });

  test("shows a picture only while it is being made", () => {
    const drawing = after({ type: "preview", preview: "", urls: ["/media/p.png"] });
    expect(drawing.preview).toBe("/media/p.png");
    expect(withEvents(drawing, [content("![](/media/x.png)")], 0).preview).toBeUndefined();
  });

  test("ends as it ended, with the reason in words", () => {
    const failed = after(
      { type: "auth", auth: "MissingAuthError", message: "MissingAuthError: no key" },
      finish("error"),
    );
    expect([failed.state, failed.failure]).toEqual(["failed", "no key"]);
    expect(after(content("a"), finish("cancelled")).state).toBe("cancelled");
    expect(after(content("a"), finish("length"))).toMatchObject({ state: "done", finish: "length" });
    const noted = after({ type: "message", message: "Groq: rate limited", error: "RateLimitError" });
    expect(noted.notes).toEqual(["Groq: rate limited"]);
  });
});

test("what a chat has kept of an answer is completed by what those know who followed it", () => {
  const beside = { reasoning: "Hm", suggestions: ["Why?", 5] };
  const kept = fromMessage({
    message_id: "a",
    parent_id: null,
    message: Object.assign({ role: "assistant" as const, content: "Hello" }, beside),
    run_id: "run",
    state: "done",
    provider: "Work",
    model: "m",
    usage: { type: "usage", usage: { prompt_tokens: 5, completion_tokens: 2 }, cost: 0.5 },
    created_at: "",
    updated_at: "",
  });
  expect(kept).toMatchObject({
    text: "Hello",
    reasoning: "Hm",
    suggestions: ["Why?"],
    usage: { promptTokens: 5, completionTokens: 2, cost: 0.5 },
  });
  const followed = { ...emptyAnswer, text: "lo", notes: ["n"], finish: "length", reasoningMs: 5 };
  expect(withFollowed(kept, followed)).toMatchObject({ text: "Hello", notes: ["n"], finish: "length", reasoningMs: 5 });
  expect(withFollowed(kept, onlyFollowed(followed))).toEqual(withFollowed(kept, followed));
  expect(onlyFollowed(followed)).toMatchObject({ text: "", reasoning: "", toolCalls: [] });
});
