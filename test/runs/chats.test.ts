import { describe, expect, test } from "bun:test";
import { type ChatMessageRow, toNewMessage } from "../../src/store/chat-messages.ts";
import type { RunEvent } from "../../src/protocol/events.ts";
import { textOf } from "../support/events.ts";
import { openRouted } from "../support/routed.ts";
import { answer, chunked, lastChunk, openaiText, type Script, toChunk } from "../support/scripted-upstream.ts";

type Routed = Awaited<ReturnType<typeof openRouted>>;

/** Says how often it was asked. */
const counting: Script = (_, count) => openaiText("answer ", String(count));
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const typesOf = (events: readonly RunEvent[]) => events.map(({ type }) => type);

async function readChat({ app }: Routed, chatId = "chat") {
  const { chats } = app.services.store;
  const chat = await chats.find("local", chatId);
  if (!chat) throw new Error("there is no such chat");
  return { chat, all: await chats.messages(chat, 0, 1000), path: await chats.path(chat) };
}

const said = (rows: readonly ChatMessageRow[]) => rows.map(({ role, content }) => [role, JSON.parse(content)]);
const sent = ({ upstreams }: Routed) => JSON.parse(upstreams[0]?.requests.at(-1)?.body ?? "").messages;

describe("a run with chat_id", () => {
  test("is recorded in its chat, which is made for it and named by its first words", async () => {
    await using routed = await openRouted([counting]);
    await routed.ask({ chat_id: "chat", messages: [{ role: "system", content: "Be brief." }, user("Hello there")] });
    const { chat, path } = await readChat(routed);
    expect(chat).toMatchObject({ title: "Hello there", title_by: "words" });
    expect(said(path)).toEqual([
      ["user", "Hello there"],
      ["assistant", "answer 1"],
    ]);
    expect(path[1]).toMatchObject({ state: "done", provider: "A", model: "m", run_id: expect.stringMatching(/^run_/) });
    expect(JSON.parse(path[1]?.usage ?? "")).toMatchObject({ type: "usage", provider: "A" });
  });

  test("is refused under an id that no chat may have, and that none could be read or deleted under", async () => {
    await using routed = await openRouted([counting]);
    for (const chat_id of ["export", "import"]) {
      const refused = await routed.app.post({ model: "m", chat_id, messages: [user("one")] });
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ error: { code: "invalid_request" } });
      expect(await routed.app.services.store.chats.find("local", chat_id)).toBeUndefined();
    }
    expect(routed.counts()).toEqual([0]);
  });

  test("adds what is new where a client sends the whole conversation each time", async () => {
    await using routed = await openRouted([counting]);
    const first = [{ role: "system", content: "Be brief." }, user("one")];
    await routed.ask({ chat_id: "chat", messages: first });
    // Clients trim, and change their instructions.
    const second = [{ role: "system", content: "It is noon." }, user("one"), assistant(" answer 1\n"), user("two")];
    await routed.ask({ chat_id: "chat", messages: second });
    const { all, path } = await readChat(routed);
    expect(said(path)).toEqual([
      ["user", "one"],
      ["assistant", "answer 1"],
      ["user", "two"],
      ["assistant", "answer 2"],
    ]);
    expect(all).toHaveLength(4);
  });

  test("finds what was said among any number of beginnings, under instructions too", async () => {
    await using routed = await openRouted([counting]);
    const { chats } = routed.app.services.store;
    const rows = Array.from({ length: 500 }, (_, index) => ({
      ...toNewMessage({ role: index < 250 ? "system" : "user", content: `q${index}` }),
      message_id: `m${index}`,
      parent_id: index > 0 && index < 250 ? `m${index - 1}` : index === 499 ? "m249" : null,
    }));
    await chats.bring("local", { chat_id: "chat" }, rows, 1);
    await routed.ask({ chat_id: "chat", messages: [user("q499")] });
    await routed.ask({ chat_id: "chat", messages: [user("q498")] });
    const { all } = await readChat(routed);
    expect(all).toHaveLength(502);
    expect(all.slice(-2).map(({ parent_id }) => parent_id)).toEqual(["m499", "m498"]);
  });

  test("branches where it is asked again, and where a question is put otherwise", async () => {
    await using routed = await openRouted([counting]);
    await routed.ask({ chat_id: "chat", messages: [user("one")] });
    await routed.ask({ chat_id: "chat", messages: [user("one"), assistant("answer 1"), user("two")] });
    await routed.ask({ chat_id: "chat", messages: [user("one"), assistant("answer 1"), user("two")] });
    await routed.ask({ chat_id: "chat", messages: [user("one"), assistant("answer 1"), user("2nd")] });
    const { all, path } = await readChat(routed);
    expect(said(path).slice(2)).toEqual([
      ["user", "2nd"],
      ["assistant", "answer 4"],
    ]);
    const [, first, two] = all;
    expect(said(all.filter(({ parent }) => parent === two?.id))).toEqual([
      ["assistant", "answer 2"],
      ["assistant", "answer 3"],
    ]);
    expect(said(all.filter(({ parent }) => parent === first?.id))).toEqual([
      ["user", "two"],
      ["user", "2nd"],
    ]);
    // Back on the branch that is not shown.
    const third = [user("one"), assistant("answer 1"), user("two"), assistant("answer 2"), user("three")];
    await routed.ask({ chat_id: "chat", messages: third });
    expect(said((await readChat(routed)).path).map(([, content]) => content)).toEqual([
      "one",
      "answer 1",
      "two",
      "answer 2",
      "three",
      "answer 5",
    ]);
  });

  test("asked of two models at once, both answer the same message", async () => {
    await using routed = await openRouted([counting, counting]);
    const ask = (provider: string) => routed.ask({ chat_id: "chat", provider, messages: [user("one")] });
    await Promise.all([ask("A"), ask("B")]);
    const { all } = await readChat(routed);
    expect(all.map(({ role, provider }) => [role, provider]).sort()).toEqual([
      ["assistant", "A"],
      ["assistant", "B"],
      ["user", null],
    ]);
  });

  test("keeps tool calls whole, and goes on from their results", async () => {
    const call = (piece: object) =>
      toChunk(`data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [piece] } }] })}\n\n`);
    const calling: Script = (_, count) =>
      count > 1
        ? openaiText("It is warm.")
        : [
            ...chunked([]),
            call({ index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "{" } }),
            call({ index: 0, function: { arguments: "}" } }),
            lastChunk,
          ];
    await using routed = await openRouted([calling]);
    const tools = [{ type: "function", function: { name: "weather", parameters: {} } }];
    await routed.ask({ chat_id: "chat", tools, messages: [user("Warm?")] });
    const { path } = await readChat(routed);
    const calls = JSON.parse(path[1]?.extra ?? "").tool_calls;
    expect(calls).toEqual([
      { index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } },
    ]);
    const result = { role: "tool", tool_call_id: "call_1", content: "30" };
    await routed.ask({
      chat_id: "chat",
      tools,
      messages: [user("Warm?"), { role: "assistant", content: null, tool_calls: calls }, result],
    });
    expect(said((await readChat(routed)).path)).toEqual([
      ["user", "Warm?"],
      ["assistant", ""],
      ["tool", "30"],
      ["assistant", "It is warm."],
    ]);
  });

  test("says what failed, and what was cancelled, with what had been said", async () => {
    const failing: Script = () => answer(500, { error: { message: "no" } });
    const endless: Script = () => [...openaiText("so far").slice(0, 2), "hang"];
    await using routed = await openRouted([failing, endless]);
    await routed.ask({ chat_id: "failed", provider: "A" });
    const failed = (await readChat(routed, "failed")).path.at(-1);
    expect(failed).toMatchObject({ state: "failed", content: '""' });
    expect(JSON.parse(failed?.extra ?? "").failure).toMatchObject({ error: "ResponseError" });

    const response = await routed.app.post({ chat_id: "left", provider: "B", model: "m", messages: [user("Go")] });
    for await (const bytes of response.body!) if (Buffer.from(bytes).includes("so far")) break;
    await routed.app.services.runs.drain(10_000);
    expect((await readChat(routed, "left")).path.at(-1)).toMatchObject({ state: "cancelled", content: '"so far"' });
  });

  test("keeps why its answer was cut off, and how long it was thought about", async () => {
    const chunkOf = (delta: object, finish_reason: string | null = null) =>
      `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    const { promise: shown, resolve: show } = Promise.withResolvers<void>();
    const thinking: Script = () => [
      ...chunked([chunkOf({ reasoning_content: "Let me see" })]),
      { until: shown },
      { waitMs: 30 },
      toChunk(chunkOf({ content: "It is" })),
      toChunk(chunkOf({}, "length")),
      toChunk("data: [DONE]\n\n"),
      lastChunk,
    ];
    await using routed = await openRouted([thinking]);
    const response = await routed.app.post({ chat_id: "cut", provider: "A", model: "m", messages: [user("Go")] });
    for await (const bytes of response.body!) if (Buffer.from(bytes).includes("Let me see")) show();
    const { state, extra } = (await readChat(routed, "cut")).path.at(-1) ?? {};
    const kept = JSON.parse(extra ?? "");
    expect([state, kept.finish, kept.reasoning]).toEqual(["done", "length", "Let me see"]);
    expect(kept.reasoning_ms).toBeGreaterThan(20);
  });

  test("that cannot begin leaves its chat as it was", async () => {
    await using routed = await openRouted([counting]);
    const refused = await routed.app.post({ chat_id: "chat", model: "unknown", messages: [user("Hello")] });
    expect(refused.status).toBe(404);
    expect(await routed.app.services.store.chats.find("local", "chat")).toBeUndefined();
  });

  test("goes on with an answer as another branch, which holds the whole of it", async () => {
    await using routed = await openRouted([counting]);
    await routed.ask({ chat_id: "chat", messages: [user("one")] });
    await routed.ask({ chat_id: "chat", action: "continue", messages: [user("one"), assistant("answer 1")] });
    const { all, path } = await readChat(routed);
    expect(said(path)).toEqual([
      ["user", "one"],
      ["assistant", "answer 1answer 2"],
    ]);
    expect(all).toHaveLength(3);
  });
});

describe("parent_id", () => {
  test("stands for all that came before it: the model reads the branch, and only the new message is sent", async () => {
    await using routed = await openRouted([counting]);
    await routed.ask({ chat_id: "chat", messages: [user("one")] });
    const last = (await readChat(routed)).path.at(-1);
    const parent_id = last?.message_id;
    await routed.ask({ chat_id: "chat", parent_id, messages: [{ role: "system", content: "Be brief." }, user("two")] });
    expect(sent(routed)).toEqual([
      { role: "system", content: "Be brief." },
      user("one"),
      assistant("answer 1"),
      user("two"),
    ]);
    const { path } = await readChat(routed);
    expect(said(path).at(-1)).toEqual(["assistant", "answer 2"]);
    // The question is answered again, and the answer gone on with.
    const question = path[2]?.message_id;
    await routed.ask({ chat_id: "chat", parent_id: question, messages: [] });
    await routed.ask({ chat_id: "chat", parent_id: path[3]?.message_id, action: "continue", messages: [] });
    const { all } = await readChat(routed);
    expect(said(all.filter(({ parent }) => parent === path[2]?.id))).toEqual([
      ["assistant", "answer 2"],
      ["assistant", "answer 3"],
      ["assistant", "answer 2answer 4"],
    ]);
  });

  test("may be of an answer that failed before it said anything, which no model is shown", async () => {
    const failing: Script = (_, count) => (count === 1 ? answer(500, { error: { message: "no" } }) : openaiText("Yes"));
    await using routed = await openRouted([failing]);
    await routed.ask({ chat_id: "chat", provider: "A", messages: [user("one")] });
    const failed = (await readChat(routed)).path.at(-1)?.message_id;
    await routed.ask({ chat_id: "chat", provider: "A", parent_id: failed, messages: [user("two")] });
    expect(sent(routed)).toEqual([user("one"), user("two")]);
    expect(said((await readChat(routed)).path)).toEqual([
      ["user", "one"],
      ["assistant", ""],
      ["user", "two"],
      ["assistant", "Yes"],
    ]);
  });

  test("of no message, of one that is being produced, or without anything to answer is refused", async () => {
    await using routed = await openRouted([() => [...openaiText("so far").slice(0, 2), "hang"]]);
    const { app } = routed;
    const running = await app.post({ chat_id: "chat", model: "m", messages: [user("one")], resumable: true });
    const [question, half] = (await readChat(routed)).all;
    const refusals: [object, number, string][] = [
      [{ parent_id: question?.message_id, messages: [] }, 400, "chat_id"],
      [{ chat_id: "chat", parent_id: "msg_none" }, 404, "no such message"],
      [{ chat_id: "other", parent_id: question?.message_id }, 404, "no such message"],
      [{ chat_id: "chat", parent_id: half?.message_id }, 409, "still being produced"],
      [{ chat_id: "chat", parent_id: "a/b" }, 400, "parent_id"],
    ];
    for (const [body, status, text] of refusals) {
      const response = await app.post({ model: "m", messages: [user("two")], ...body });
      const { error } = await response.json();
      expect([response.status, error.message]).toEqual([status, expect.stringContaining(text)]);
    }
    await running.body?.cancel();
  });
});

describe("a title", () => {
  test("is found in a message of any length, and whatever signs it is made of", async () => {
    await using routed = await openRouted([counting]);
    const signs = '"'.repeat(300_000);
    await routed.ask({ chat_id: "chat", messages: [user(`\n--\n${signs}Draw **a** ${signs}cat.${signs}**\nnow`)] });
    expect((await readChat(routed)).chat.title).toStartWith('Draw **a** """');
    await routed.ask({ chat_id: "other", messages: [user(`# "Draw a cat.${signs}**\nnow`)] });
    expect((await readChat(routed, "other")).chat.title).toBe("Draw a cat");
  });

  const naming: Script = ({ body }) => openaiText(body.includes("Write a title") ? '**"A red cat"**\n' : "Miaow");

  test("is made by the model that answers, told before the usage, and made once", async () => {
    await using routed = await openRouted([naming], { flags: { titles: "model" } });
    const events = await routed.ask({ chat_id: "chat", messages: [user("Draw a red cat")] });
    expect(events.find(({ type }) => type === "title")).toEqual({ type: "title", title: "A red cat" });
    expect(typesOf(events).slice(-4)).toEqual(["title", "usage", "finish", "log"]);
    const next = await routed.ask({
      chat_id: "chat",
      messages: [user("Draw a red cat"), assistant("Miaow"), user("More")],
    });
    expect(typesOf(next)).not.toContain("title");
    expect((await readChat(routed)).chat).toMatchObject({ title: "A red cat", title_by: "model" });
    // It is a run of its own, and counts as one.
    expect(routed.counts()).toEqual([3]);
  });

  test("is asked of who answers, where who was to answer first has failed", async () => {
    const broken: Script = () => answer(500, { error: { message: "no" } });
    await using routed = await openRouted([broken, naming], { flags: { titles: "model" } });
    const events = await routed.ask({ chat_id: "chat", messages: [user("Draw a red cat")] });
    expect(events.find(({ type }) => type === "title")).toEqual({ type: "title", title: "A red cat" });
    expect(routed.counts()).toEqual([1, 2]);
  });

  test("that the model does not give is the first words; a person's stays", async () => {
    const mute: Script = ({ body }) =>
      body.includes("Write a title") ? answer(500, { error: { message: "no" } }) : openaiText("Miaow");
    await using routed = await openRouted([mute], { flags: { titles: "model" } });
    await routed.ask({ chat_id: "chat", messages: [user("Draw a cat.\nA red one")] });
    await routed.app.services.runs.drain(5_000);
    expect((await readChat(routed)).chat).toMatchObject({ title: "Draw a cat", title_by: "words" });
  });

  test("can be another model's, or nobody's", async () => {
    await using routed = await openRouted([counting, naming], { flags: { titles: "model", title_model: "B/m" } });
    await routed.ask({ chat_id: "chat", provider: "A", messages: [user("Draw a red cat")] });
    expect(routed.counts()).toEqual([1, 1]);
    await using untitled = await openRouted([counting], { flags: { titles: "off" } });
    expect(textOf(await untitled.ask({ chat_id: "chat" }))).toBe("answer 1");
    expect((await readChat(untitled)).chat.title).toBeNull();
  });
});
