import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { askChats, assistant, chatsPath, said, user } from "../support/chats.ts";

let app: TestApp;
beforeAll(async () => void (app = await openApp()));
afterAll(() => app[Symbol.asyncDispose]());

const ask = (method: string, path?: string, body?: unknown) => askChats(app, method, path, body);
const create = async (body: object): Promise<string> => (await ask("POST", "", body)).body.chat_id;

describe("a stored chat", () => {
  test("is made, read, renamed, pinned, archived and deleted", async () => {
    const made = await ask("POST", "", { chat_id: "first", title: "One", messages: [user("a"), assistant("b")] });
    expect(made).toMatchObject({
      status: 201,
      body: { chat_id: "first", title: "One", title_by: "user", pinned: false, archived: false, metadata: {} },
    });
    const [question, answer] = made.body.messages;
    expect(question).toMatchObject({ parent_id: null, message: user("a"), run_id: null, state: "done", usage: null });
    expect(answer).toMatchObject({ parent_id: question.message_id, message: assistant("b") });
    expect(made.body.current_id).toBe(answer.message_id);
    expect(new Date(made.body.created_at).toISOString()).toBe(made.body.created_at);
    expect((await ask("GET", "/first")).body).toEqual({ ...made.body, next: null });

    const changed = await ask("PATCH", "/first", { title: null, pinned: true, archived: true });
    expect(changed).toMatchObject({ status: 200, body: { title: null, title_by: null, pinned: true, archived: true } });
    expect(await ask("DELETE", "/first")).toMatchObject({ status: 200 });
    expect(await ask("GET", "/first")).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
    expect(await ask("DELETE", "/first")).toMatchObject({ status: 404 });
  });

  test("is a tree: what is added under an answered message, and another wording, begin branches", async () => {
    const id = await create({ messages: [user("1"), assistant("2"), user("3")] });
    const [first, second, third] = (await ask("GET", `/${id}`)).body.messages;
    const again = await ask("POST", `/${id}/messages`, { parent_id: first.message_id, messages: [assistant("2b")] });
    expect(again).toMatchObject({ status: 201, body: { messages: [{ parent_id: first.message_id }] } });
    expect(said(await ask("GET", `/${id}?path=current`))).toEqual(["1", "2b"]);
    expect(said(await ask("GET", `/${id}?path=${third.message_id}`))).toEqual(["1", "2", "3"]);

    const edited = await ask("PATCH", `/${id}/messages/${second.message_id}`, { message: assistant("2c") });
    expect(edited.body.messages).toMatchObject([{ parent_id: first.message_id, message: assistant("2c") }]);
    expect(edited.body.current_id).toBe(edited.body.messages[0].message_id);
    await ask("POST", `/${id}/messages`, { messages: [user("after")] });
    expect(said(await ask("GET", `/${id}?path=current`))).toEqual(["1", "2c", "after"]);
    await ask("POST", `/${id}/messages`, { parent_id: null, messages: [user("1b")] });
    expect(said(await ask("GET", `/${id}?path=current`))).toEqual(["1b"]);

    await ask("PATCH", `/${id}`, { current_id: third.message_id });
    expect(said(await ask("GET", `/${id}?path=current`))).toEqual(["1", "2", "3"]);
    await ask("DELETE", `/${id}/messages/${second.message_id}`);
    expect(said(await ask("GET", `/${id}`))).toEqual(["1", "2b", "2c", "after", "1b"]);
    expect(said(await ask("GET", `/${id}?path=current`))).toEqual(["1"]);
  });

  test("gives every string and key back as it came", async () => {
    const strange = " \u0000 \u202e e\u0301 \ud83d\ude00 <b>&amp;\r\n ";
    const json = `{"messages":[
      {"role":"user","content":"${strange.replace(/[\0\r\n]/g, (each) => JSON.stringify(each).slice(1, -1))}","__proto__":{"x":1},"n":1.0e2},
      {"role":"user","content":[{"type":"text","text":"\\ud800 alone"},{"type":"image_url","image_url":{"url":"data:,x"}}]},
      {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
      {"role":"tool","tool_call_id":"1","content":""}]}`;
    const id = (await ask("POST", "", json)).body.chat_id;
    const read = (await ask("GET", `/${id}`)).body.messages.map(({ message }: { message: unknown }) => message);
    expect(read).toEqual(JSON.parse(json).messages);
    expect(Object.keys(read[0])).toEqual(["role", "content", "__proto__", "n"]);
  });

  test("comes in pages, forward as it was said, and a branch from its end", async () => {
    const numbers = Array.from({ length: 25 }, (_, index) => `${index}`);
    const id = await create({ messages: numbers.map(user) });
    const readAll = async (query: string) => {
      const pages: unknown[][] = [];
      for (let next: string | null = ""; next !== null;) {
        const page = await ask("GET", `/${id}?limit=10${query}&cursor=${next}`);
        pages.push(said(page));
        next = page.body.next;
      }
      return pages;
    };
    expect(await readAll("")).toEqual([numbers.slice(0, 10), numbers.slice(10, 20), numbers.slice(20)]);
    expect(await readAll("&path=current")).toEqual([numbers.slice(15), numbers.slice(5, 15), numbers.slice(0, 5)]);
  });

  test.each([
    ["no JSON", "POST", "", "{", 400, "not JSON"],
    [
      "a title that is too long",
      "POST",
      "",
      { title: "x".repeat(301) },
      400,
      "title: expected a string of at most 300",
    ],
    ["a title that no file can hold", "POST", "", '{"title":"\\ud800"}', 400, "title: expected well-formed Unicode"],
    [
      "a role that is none",
      "POST",
      "",
      { messages: [{ role: "king" }] },
      400,
      "messages[0].role: expected one of system",
    ],
    ["an id with a slash", "POST", "", { chat_id: "a/b" }, 400, "chat_id: expected 1 to 128 bytes"],
    ["an id that is an address", "POST", "", { chat_id: "export" }, 400, "export and import are no ids"],
    ["an id that is taken", "POST", "", { chat_id: "taken" }, 409, "you have a chat of that id already"],
    [
      "no messages to add",
      "POST",
      "/taken/messages",
      { messages: [] },
      400,
      "messages: expected an array of 1 to 1000",
    ],
    [
      "a parent of another chat",
      "POST",
      "/taken/messages",
      { parent_id: "m", messages: [user("a")] },
      404,
      "parent_id: the chat has no such message",
    ],
    ["a chat that is not there", "POST", "/other/messages", { messages: [user("a")] }, 404, "no chat of that id"],
    [
      "a message that is not there",
      "PATCH",
      "/taken/messages/m",
      { message: user("a") },
      404,
      "message_id: the chat has no such message",
    ],
    [
      "a branch that is not there",
      "PATCH",
      "/taken",
      { current_id: "m" },
      404,
      "current_id: the chat has no such message",
    ],
    ["a change of nothing", "PATCH", "/taken", { titel: "x" }, 400, "expected title, pinned, archived or current_id"],
    ["a flag that is none", "PATCH", "/taken", { pinned: 1 }, 400, "pinned: expected boolean"],
    ["a limit that is none", "GET", "?limit=0", undefined, 400, "limit: expected a number from 1 to 200"],
    ["a cursor of its own making", "GET", "?cursor=x", undefined, 400, "cursor: expected the `next` of another page"],
  ])("refuses %s", async (_, method, path, body, status, message) => {
    await ask("POST", "", { chat_id: "taken" });
    const answer = await ask(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toContain(message);
  });

  test("takes no message that is longer than any may be", async () => {
    const answer = await ask("POST", "", { messages: [user("fits"), user("x".repeat(4 * 1024 * 1024))] });
    expect(answer.status).toBe(413);
    expect(answer.body.error.message).toBe("messages[1] is longer than 4194304 bytes");
  });
});

describe("the list of chats", () => {
  test("has the pinned ones first, then the newest, and comes in pages that miss none", async () => {
    let now = 1_800_000_000_000;
    await using other = await openApp({ clock: () => now });
    for (let index = 0; index < 12; index++) {
      // Two of each second.
      now = 1_800_000_000_000 + Math.floor(index / 2) * 1000;
      await askChats(other, "POST", "", { chat_id: `c${index}`, pinned: index === 3, archived: index === 5 });
    }
    now += 60_000;
    await askChats(other, "POST", "/c1/messages", { messages: [user("again")] });
    const read = async (query: string) => {
      const ids: string[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const { body } = await askChats(other, "GET", `?${query}&cursor=${cursor}`);
        ids.push(...body.chats.map((chat: { chat_id: string }) => chat.chat_id));
        cursor = body.next;
      }
      return ids;
    };
    const order = ["c3", "c1", "c11", "c10", "c9", "c8", "c7", "c6", "c4", "c2", "c0"];
    expect(await read("limit=3")).toEqual(order);
    expect(await read("limit=50")).toEqual(order);
    expect(await read("archived=true")).toEqual(["c5"]);
  });

  test("tells where words were said, and shows them", async () => {
    await using other = await openApp();
    const search = async (query: string) => (await askChats(other, "GET", `?${query}`)).body;
    await askChats(other, "POST", "", {
      chat_id: "lamps",
      title: "Which lamp?",
      messages: [user("Lamps <i>burn</i>")],
    });
    await askChats(other, "POST", "", { chat_id: "old", archived: true, messages: [assistant("no lamp at all")] });
    const { results, next } = await search("q=lamp");
    expect(next).toBeNull();
    expect(results[0]).toMatchObject({ chat_id: "lamps", message_id: null, snippet: "Which <mark>lamp</mark>?" });
    expect(results.slice(1)).toContainEqual(
      expect.objectContaining({
        chat_id: "lamps",
        title: "Which lamp?",
        role: "user",
        message_id: expect.stringMatching(/^msg_/),
        snippet: "<mark>Lamps</mark> &lt;i&gt;burn&lt;/i&gt;",
      }),
    );
    expect((await search("q=lamp&archived=true")).results).toMatchObject([{ chat_id: "old", role: "assistant" }]);
    const first = await search("q=lamp&limit=2");
    expect(first.next).toBe("2");
    expect((await search(`q=lamp&limit=2&cursor=${first.next}`)).results).toHaveLength(1);
    for (const text of ['"', "*:(", "%00", "\ud83d", "NOT", "   "])
      expect(await search(`q=${encodeURIComponent(text.toWellFormed())}`)).toEqual({ results: [], next: null });
  });

  test("finds every word of a long history, some of which are indexed after the answer", async () => {
    const words = Array.from({ length: 40 }, (_, index) => `needle${index}`);
    await create({ messages: words.map((word) => user(`${"hay ".repeat(2000)}${word}`)) });
    for (const word of words) {
      let found = 0;
      while (found === 0) found = (await ask("GET", `?q=${word}`)).body.results.length;
      expect(found).toBe(1);
    }
  });
});

test("answers of chats are JSON that is said to be so, with the headers that all have", async () => {
  const { headers } = await app.get(`${chatsPath}/${await create({})}`);
  expect(headers.get("content-type")).toBe("application/json;charset=utf-8");
  expect(headers.get("x-request-id")).not.toBeNull();
});
