import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openApp, type TestApp } from "../support/app.ts";
import { askChats, assistant, chatsPath, said, user } from "../support/chats.ts";
import { root } from "../support/command.ts";
import { writeZip } from "../support/zip.ts";

const fixture = (name: string) => readFileSync(join(root, "test/fixtures/chats", name), "utf8");
const chatgptId = "6f0e0a1c-0000-4000-8000-000000000001";

let app: TestApp;
beforeAll(async () => void (app = await openApp()));
afterAll(() => app[Symbol.asyncDispose]());

const ask = (method: string, path?: string, body?: unknown) => askChats(app, method, path, body);
const importText = async (to: TestApp, text: string) => (await askChats(to, "POST", "/import", text)).body;

async function importFile(name: string, content: string | Uint8Array<ArrayBuffer>) {
  const form = new FormData();
  form.append("file", new File([content], name));
  const answer = await app.get(`${chatsPath}/import`, { method: "POST", body: form });
  return { status: answer.status, body: await answer.json() };
}

describe("an export", () => {
  test("is a file that brings the same chats elsewhere, and nothing more the second time", async () => {
    await using here = await openApp();
    await using there = await openApp();
    const strange =
      '{"chat_id":"a","title":"A/\\u0000 \\"title\\"","messages":[{"role":"user","content":"q","__proto__":{"x":1}}]}';
    const { body } = await askChats(here, "POST", "", strange);
    const [question] = body.messages;
    await askChats(here, "POST", "/a/messages", { messages: [assistant("one")] });
    await askChats(here, "POST", "/a/messages", { parent_id: question.message_id, messages: [assistant("two")] });
    await askChats(here, "POST", "", {
      chat_id: "b",
      title: "",
      archived: true,
      messages: [user([{ type: "text", text: "x" }])],
    });
    const file = await here.get(`${chatsPath}/export`);
    expect(file.headers.get("content-disposition")).toBe(
      "attachment; filename=\"chats.json\"; filename*=UTF-8''chats.json",
    );
    const exported = await file.text();

    const all = { skipped_count: 0, skipped: [] };
    expect(await importText(there, exported)).toEqual({ added: 2, extended: 0, unchanged: 0, messages: 4, ...all });
    expect(await (await there.get(`${chatsPath}/export`)).text()).toBe(exported);
    expect(await importText(there, exported)).toEqual({ added: 0, extended: 0, unchanged: 2, messages: 0, ...all });

    await askChats(here, "POST", "/a/messages", { messages: [user("three")] });
    const grown = await (await here.get(`${chatsPath}/a/export`)).text();
    expect(await importText(there, grown)).toEqual({ added: 0, extended: 1, unchanged: 0, messages: 1, ...all });
    expect(said(await askChats(there, "GET", "/a?path=current"))).toEqual(["q", "two", "three"]);
    expect(await importText(there, grown.replace('"three"', '"four"'))).toMatchObject({
      unchanged: 1,
      skipped: [{ chat: "a", reason: "1 messages are here with other content, which was kept" }],
    });
    expect(said(await askChats(there, "GET", "/a?path=current"))).toEqual(["q", "two", "three"]);
  });

  test("for people is Markdown of the branch that is shown, under a name that no header breaks at", async () => {
    const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const call = { id: "1", type: "function", function: { name: "find", arguments: '{"a":"```"}' } };
    const messages = [
      user([{ type: "text", text: "What is **this**?" }, picture]),
      { ...assistant(null), tool_calls: [call] },
      { role: "tool", tool_call_id: "1", content: "a lamp" },
      assistant("# A lamp\n\nIndeed."),
    ];
    await ask("POST", "", { chat_id: "md", title: 'Länge "x"\r\n../東京', messages });
    const file = await app.get(`${chatsPath}/md/export?format=markdown`);
    expect(file.headers.get("content-type")).toBe("text/markdown;charset=utf-8");
    expect(file.headers.get("content-disposition")).toBe(
      "attachment; filename=\"L_nge_x_..___.md\"; filename*=UTF-8''L%C3%A4nge_x_.._%E6%9D%B1%E4%BA%AC.md",
    );
    expect((await file.text()).replace(/<!-- .* -->/g, "<!-- time -->")).toBe(
      [
        '# Länge "x" ../東京\n',
        "## User\n\n<!-- time -->\n\nWhat is **this**?\n\n*(a picture)*\n",
        '## Assistant\n\n<!-- time -->\n\n*calls find*\n\n````json\n{"a":"```"}\n````\n',
        "## Tool\n\n<!-- time -->\n\na lamp\n",
        "## Assistant\n\n<!-- time -->\n\n# A lamp\n\nIndeed.\n",
      ].join("\n"),
    );
    expect(await ask("GET", "/nothing/export")).toMatchObject({ status: 404 });
    expect(await ask("GET", "/md/export?format=pdf")).toMatchObject({ status: 400 });
  });
});

describe("an import", () => {
  test("of ChatGPT's export keeps branches, titles and times, and leaves out what nobody saw", async () => {
    const zip = writeZip([
      { name: "chat.html", content: "<html>" },
      { name: "conversations.json", content: fixture("conversations.json") },
    ]);
    expect(await importFile("export.zip", Uint8Array.from(zip))).toEqual({
      status: 200,
      body: {
        added: 1,
        extended: 0,
        unchanged: 0,
        messages: 5,
        skipped_count: 1,
        skipped: [{ chat: "#2", reason: expect.stringContaining("no chat of a form known here") }],
      },
    });
    const { body } = await ask("GET", `/${chatgptId}`);
    expect(body).toMatchObject({
      title: "Lamps in the garden",
      title_by: "model",
      archived: true,
      created_at: "2024-04-05T19:34:38.123Z",
      updated_at: "2024-04-05T19:39:59.500Z",
      current_id: "second",
      metadata: { default_model_slug: "auto" },
    });
    const tree = body.messages.map(({ message_id, parent_id, message, model }: Record<string, unknown>) => [
      message_id,
      parent_id,
      message,
      model,
    ]);
    expect(tree).toEqual([
      ["question", null, user("*(a picture)*\n\nWhich lamp is this?"), null],
      ["first", "question", assistant("A street lamp."), "gpt-4"],
      ["code", "question", assistant('```python\nprint("lamp")\n```'), "o3"],
      ["output", "code", assistant("```\nlamp\n```"), null],
      ["second", "output", assistant("A garden lamp."), "o3"],
    ]);
    expect(await importFile("conversations.json", fixture("conversations.json"))).toMatchObject({
      body: { added: 0, unchanged: 1, messages: 0 },
    });
  });

  test("of what a web interface saved puts an answer that was made anew beside the first", async () => {
    const text = fixture("web-interface.json");
    expect(await importText(app, `[${text}]`)).toMatchObject({
      added: 1,
      messages: 4,
      skipped: [{ chat: "1732700000000-abc", reason: expect.stringContaining("items[3]: role: expected one of") }],
    });
    const { body } = await ask("GET", "/1732700000000-abc");
    const [question, bad, good, next] = body.messages;
    expect(body).toMatchObject({
      title: "Hello there…",
      updated_at: "2024-11-27T09:33:25.000Z",
      metadata: { system: "Be brief." },
    });
    expect([bad.parent_id, good.parent_id]).toEqual([question.message_id, question.message_id]);
    expect(good).toMatchObject({
      message: { content: "Good answer", reasoning: { text: "Hm." } },
      provider: "Example",
      model: "example-1",
      usage: { total_tokens: 5 },
    });
    expect(next).toMatchObject({ parent_id: good.message_id, message: { content: [{}, { bucket_id: "b1" }] } });
    const grown = JSON.parse(text);
    grown.items.push({ role: "assistant", content: "More" });
    expect(await importText(app, JSON.stringify(grown))).toMatchObject({ extended: 1, messages: 1 });
    expect(said(await ask("GET", "/1732700000000-abc?path=current")).at(-1)).toBe("More");
  });

  test("takes what stands around a damaged chat, and says what is wrong with that one", async () => {
    const good = (id: string) => JSON.stringify({ id, items: [user("x")] });
    const text = `\ufeff[${good("g1")}, {"a": nonsense}, ${good("g2")}\n${good("g3")}, {"id":"g4","items":[`;
    expect(await importText(app, text)).toMatchObject({
      added: 3,
      skipped: [
        { chat: "#2", reason: "it is not JSON in UTF-8, or nests too deep" },
        { chat: "#5", reason: "the file ends within it" },
      ],
    });
  });

  test("puts a fence around any code, whatever that is made of", async () => {
    const code = { content_type: "code", text: "` ".repeat(1_500_000) };
    const mapping = { a: { parent: null, message: { author: { role: "assistant" }, content: code } } };
    expect(await ask("POST", "/import", { id: "fences", mapping })).toMatchObject({
      status: 200,
      body: { messages: 1 },
    });
    const { body } = await ask("GET", "/fences");
    expect(body.messages[0].message.content === `\`\`\`\n${code.text}\n\`\`\``).toBe(true);
  });

  test("mends trees that are none: circles, parents that are missing, ids that are twice there", async () => {
    const message = (message_id: string, parent_id: string | null) => ({
      message_id,
      parent_id,
      message: user(message_id),
    });
    const messages = [message("a", "b"), message("b", "a"), message("c", "gone"), message("c", "a"), message("/", "c")];
    expect(await importText(app, JSON.stringify({ chat_id: "torn", messages }))).toMatchObject({ messages: 4 });
    const tree = (await ask("GET", "/torn")).body.messages.map(
      ({ parent_id, message }: Record<string, { content: string }>) => [message?.content, parent_id],
    );
    expect(tree).toEqual([
      ["b", null],
      ["a", "b"],
      ["c", null],
      ["/", "c"],
    ]);
  });

  test("takes back what nests as deep as a request may", async () => {
    const depth = 128 - 3;
    const deep = `{"role":"user","content":"x","deep":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(await ask("POST", "", `{"chat_id":"deep","messages":[${deep}]}`)).toMatchObject({ status: 201 });
    const exported = await (await app.get(`${chatsPath}/deep/export`)).text();
    await ask("DELETE", "/deep");
    expect(await importText(app, exported)).toMatchObject({ added: 1, messages: 1, skipped: [] });
    expect(await (await app.get(`${chatsPath}/deep/export`)).text()).toBe(exported);
  });

  test("does not let a run of somebody else's write into it", async () => {
    const entry = { message_id: "m", parent_id: null, message: assistant("old"), run_id: "run_1", state: "running" };
    await importText(app, JSON.stringify({ chat_id: "runs", messages: [entry] }));
    expect((await ask("GET", "/runs")).body.messages).toMatchObject([{ run_id: null, state: "interrupted" }]);
  });

  test.each([
    ["that is empty", "", "invalid_json"],
    ["that is text", "hello", "invalid_json"],
    ["that is a number", "[1]", "invalid_json"],
    ["that is no archive", "PK\u0003\u0004damaged", "invalid_request"],
  ])("refuses a file %s", async (_, content, code) => {
    expect(await ask("POST", "/import", content)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  test("refuses an archive without chats, and a form without a file, and leaves nothing behind", async () => {
    const zip = Uint8Array.from(writeZip([{ name: "chat.html", content: "x" }]));
    expect(await importFile("a.zip", zip)).toMatchObject({
      status: 400,
      body: { error: { message: "the archive holds no conversations.json" } },
    });
    const form = new FormData();
    form.append("other", "x");
    const answer = await app.get(`${chatsPath}/import`, { method: "POST", body: form });
    expect(answer.status).toBe(400);
    expect(readdirSync(join(app.services.config.data_dir, "uploads"))).toEqual([]);
  });
});

test("a chat of thousands of messages is imported, exported, read and searched while others are answered", async () => {
  await using other = await openApp();
  const messages = Array.from({ length: 3000 }, (_, index) => ({
    message_id: `m${index}`,
    parent_id: index === 0 ? null : `m${index - 1}`,
    message: index % 2 === 0 ? user(`question ${index}`) : assistant(`answer ${index}`),
  }));
  const importing = importText(other, JSON.stringify({ chat_id: "long", current_id: "m2999", messages }));
  let answered = 0;
  while (Bun.peek.status(importing) === "pending") {
    expect((await other.get("/healthz")).status).toBe(200);
    answered++;
  }
  expect(await importing).toMatchObject({ added: 1, messages: 3000 });
  expect(answered).toBeGreaterThan(10);
  const markdown = await (await other.get(`${chatsPath}/long/export?format=markdown`)).text();
  expect(markdown.match(/^(question|answer) \d+$/gm)?.join()).toBe(
    messages.map(({ message }) => message.content).join(),
  );
  // Of so many, words are indexed for a while after the answer.
  const search = async () => (await askChats(other, "GET", "?q=2345")).body.results;
  while ((await search()).length === 0);
  expect(await search()).toMatchObject([{ message_id: "m2345" }]);
  expect(await askChats(other, "DELETE", "/long/messages/m0")).toMatchObject({ status: 200 });
  expect((await askChats(other, "GET", "/long")).body).toMatchObject({ messages: [], current_id: null });
});
