import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NewChatMessage, toNewMessage } from "../../src/store/chat-messages.ts";
import { openStore, type Store } from "../../src/store/index.ts";

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-chats-"));
  store = openStore(folder);
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const says = (content: string, role: "user" | "assistant" = "user"): NewChatMessage => toNewMessage({ role, content });

async function chatOf(owner: string, chatId: string) {
  const chat = await store.chats.find(owner, chatId);
  if (!chat) throw new Error("there is no such chat");
  return chat;
}

describe("stored chats", () => {
  test("are trees: each message lies under another, and the current one ends a branch", async () => {
    const { messages } = await store.chats.append("anna", "c", null, [says("a"), says("b", "assistant")], 5);
    const other = await store.chats.append("anna", "c", messages[0]?.id ?? null, [says("b2", "assistant")], 6);
    expect(other.chat).toMatchObject({ current: other.messages[0]?.id, title: null, created_at: 5, updated_at: 6 });
    const chat = await chatOf("anna", "c");
    expect((await store.chats.path(chat)).map(({ content }) => content)).toEqual(['"a"', '"b2"']);
    const first = await store.chats.path(chat, messages[1]?.message_id ?? "");
    expect(first.map(({ content }) => content)).toEqual(['"a"', '"b"']);
    const answers = (await Array.fromAsync(store.chats.children(chat, messages[0]?.id ?? null))).flat();
    expect(answers.map(({ content }) => content)).toEqual(['"b"', '"b2"']);
    expect((await Array.fromAsync(store.chats.children(chat, null))).flat()).toHaveLength(1);
    expect(await store.chats.path(chat, "msg_of_nobody")).toEqual([]);
    expect(await store.chats.find("bert", "c")).toBeUndefined();
  });

  test("are read in pieces, however many messages lie under one, and however long those are", async () => {
    const brought = Array.from({ length: 450 }, (_, index) => ({
      ...says(String(index)),
      message_id: `m${index}`,
      parent_id: null,
    }));
    const { chat } = await store.chats.bring("anna", { chat_id: "c" }, brought, 1);
    const pieces = await Array.fromAsync(store.chats.children(chat, null));
    expect(pieces.map(({ length }) => length)).toEqual([200, 200, 50]);
    expect(pieces.flat().map(({ message_id }) => message_id)).toEqual(brought.map(({ message_id }) => message_id));
    const long = brought.slice(0, 3).map((each) => ({ ...each, ...says("x".repeat(600_000)) }));
    const other = await store.chats.bring("anna", { chat_id: "long" }, long, 1);
    const read = await Array.fromAsync(store.chats.children(other.chat, null));
    expect(read.map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  test("take messages all or none, and none under a message of another chat", async () => {
    const { messages } = await store.chats.append("anna", "c", null, [{ ...says("a"), message_id: "m" }], 1);
    const twice = store.chats.append("anna", "c", null, [says("new"), { ...says("b"), message_id: "m" }], 2);
    expect(twice).rejects.toMatchObject({ reason: "id_in_use" });
    const elsewhere = store.chats.append("anna", "d", messages[0]?.id ?? null, [says("b")], 2);
    expect(elsewhere).rejects.toMatchObject({ reason: "not_found" });
    expect(await store.chats.find("anna", "d")).toBeUndefined();
    expect(await store.chats.messages(await chatOf("anna", "c"), 0, 10)).toEqual([...messages]);
  });

  test("hear what came of a run, and know which never ended", async () => {
    const running = { ...says("", "assistant"), run_id: "run_1", state: "running" } as const;
    await store.chats.append("anna", "c", null, [says("question"), running], 1);
    expect(await store.chats.listRunning()).toMatchObject([{ owner: "anna", chat_id: "c", run_id: "run_1" }]);
    await store.chats.finish("run_1", {
      content: '"answer"',
      extra: "{}",
      state: "done",
      provider: "A",
      model: "m",
      usage: '{"total_tokens":3}',
      updated_at: 9,
    });
    expect(await store.chats.listRunning()).toEqual([]);
    const chat = await chatOf("anna", "c");
    expect(chat.updated_at).toBe(9);
    expect((await store.chats.path(chat)).at(-1)).toMatchObject({ content: '"answer"', state: "done", model: "m" });
  });

  test("let a person's title stand, and replace the first words by a model's", async () => {
    await store.chats.append("anna", "c", null, [says("question")], 1);
    expect(await store.chats.setTitle("anna", "c", "question", "words")).toBe(true);
    expect(await store.chats.setTitle("anna", "c", "A question", "model")).toBe(true);
    expect(await store.chats.setTitle("anna", "c", "words", "words")).toBe(false);
    await store.chats.change(await chatOf("anna", "c"), { title: "Mine" });
    expect(await store.chats.setTitle("anna", "c", "Another", "model")).toBe(false);
    expect((await chatOf("anna", "c")).title).toBe("Mine");
    expect(await store.chats.setTitle("anna", "d", "Nothing", "model")).toBe(false);
  });

  test("lose a message with all below it, and show the one above then", async () => {
    const { messages } = await store.chats.append(
      "anna",
      "c",
      null,
      Array.from({ length: 500 }, (_, index) => says(`${index}`)),
      1,
    );
    const chat = await chatOf("anna", "c");
    await store.chats.removeMessage(chat, messages[1]?.id ?? 0);
    expect(await store.chats.path(await chatOf("anna", "c"))).toEqual(messages.slice(0, 1));
    await store.chats.removeMessage(chat, messages[0]?.id ?? 0);
    expect((await chatOf("anna", "c")).current).toBeNull();
    expect(await store.chats.remove("bert", "c")).toBe(false);
    expect(await store.chats.remove("anna", "c")).toBe(true);
    expect(await store.chats.find("anna", "c")).toBeUndefined();
  });

  test("get all of what is said at once, under whatever was current then", async () => {
    const said = Array.from({ length: 50 }, (_, index) => `${index}`);
    const appended = said.map((text) => store.chats.append("anna", "c", undefined, [says(text)], 1));
    await Promise.all(appended);
    const path = await store.chats.path(await chatOf("anna", "c"));
    expect(path.map(({ content }) => JSON.parse(content))).toEqual(said);
  });

  test("are read though a row of them is damaged", async () => {
    const { messages } = await store.chats.append("anna", "c", null, [says("a"), says("b"), says("c")], 1);
    const database = new Database(join(folder, "parley.db"));
    database.run("UPDATE chat_messages SET content = '{broken', extra = 'no', usage = '[' WHERE id = ?", [
      messages[1]?.id ?? 0,
    ]);
    database.run("UPDATE chats SET metadata = '' WHERE chat_id = 'c'");
    database.close();
    const chat = await chatOf("anna", "c");
    expect(chat.metadata).toBe("{}");
    const path = await store.chats.path(chat);
    expect(path.map(({ content, extra, usage }) => [content, extra, usage])).toEqual([
      ['"a"', "{}", null],
      ["null", "{}", null],
      ['"c"', "{}", null],
    ]);
    expect((await store.chats.search({ owner: "anna", text: "c", skip: 0, limit: 5 })).hits).toHaveLength(1);
  });

  test("are rid at the next start of what was being removed when the server was killed", async () => {
    await store.chats.append("anna", "c", null, [says("a")], 1);
    const database = new Database(join(folder, "parley.db"));
    database.run("INSERT INTO chat_remains SELECT id FROM chats");
    database.run("DELETE FROM chats");
    const count = () => database.query("SELECT count(*) AS count FROM chat_messages").get();
    expect(count()).toEqual({ count: 1 });
    await store.chats.resume();
    expect(count()).toEqual({ count: 0 });
    database.close();
  });
});

describe("a search among chats", () => {
  const search = (text: string, owner = "anna") => store.chats.search({ owner, text, skip: 0, limit: 10 });
  const snippets = async (text: string) => (await search(text)).hits.map(({ snippet }) => snippet);

  test("finds words in any form, phrases, and runs of scripts without spaces, and shows where", async () => {
    await store.chats.append("anna", "c", null, [says("The lamps were <b>burning</b> brightly & long")], 1);
    await store.chats.append("anna", "d", null, [says("今日は東京タワーに行きました", "assistant")], 2);
    await store.chats.append("anna", "e", null, [says("Der Ünïcode-Text steht hier")], 3);
    expect(await snippets("lamp burn")).toEqual([
      "The <mark>lamps</mark> were &lt;b&gt;<mark>burning</mark>&lt;/b&gt; brightly &amp; long",
    ]);
    expect(await snippets('"brightly & long"')).toEqual([
      "The lamps were &lt;b&gt;burning&lt;/b&gt; <mark>brightly</mark> &amp; <mark>long</mark>",
    ]);
    expect(await snippets('"long brightly"')).toEqual([]);
    expect(await snippets("東京")).toEqual(["今日は<mark>東京</mark>タワーに行きました"]);
    expect(await snippets("UNICODE")).toEqual(["Der <mark>Ünïcode</mark>-Text steht hier"]);
    expect(await snippets("brig")).toHaveLength(1);
  });

  test("shows the part of a long text that holds most of what was asked", async () => {
    const text = `${"one lamp ".repeat(50)}${"nothing ".repeat(200)}the red lamp of the house${" and so on".repeat(100)}`;
    await store.chats.append("anna", "c", null, [says(text)], 1);
    const [snippet = ""] = await snippets("red lamp house");
    expect(snippet).toContain("the <mark>red</mark> <mark>lamp</mark> of the <mark>house</mark>");
    expect(snippet).toStartWith("…");
    expect(snippet).toEndWith("…");
  });

  test("finds titles first, and nothing of another owner's, nor what is gone", async () => {
    await store.chats.append("anna", "c", null, [says("a lamp")], 1);
    await store.chats.setTitle("anna", "c", "About lamps", "model");
    await store.chats.append("bert", "c", null, [says("my lamp")], 1);
    const { hits } = await search("lamp");
    expect(hits).toMatchObject([
      { chat_id: "c", message_id: null, snippet: "About <mark>lamps</mark>" },
      { chat_id: "c", role: "user", snippet: "a <mark>lamp</mark>" },
    ]);
    await store.chats.setTitle("anna", "c", "Something else", "user");
    expect((await search("lamp")).hits).toHaveLength(1);
    await store.chats.remove("anna", "c");
    expect((await search("lamp")).hits).toEqual([]);
    expect((await search("lamp", "bert")).hits).toHaveLength(1);
    expect((await search("lamp", "nobody")).hits).toEqual([]);
  });

  test.each(["", '"', "*", "a AND", "NEAR(", "-", "\0", "\ud800", "col:x", "(", "'; --", "^a", "%", "{x}"])(
    "takes %p as words",
    async (text) => {
      await store.chats.append("anna", "c", null, [says("b")], 1);
      expect((await search(text)).hits).toEqual([]);
    },
  );

  test("still finds all when its index is lost, damaged, or newer than the chats", async () => {
    await store.chats.append("anna", "c", null, [says("a lamp")], 1);
    await store.chats.setTitle("anna", "c", "Lamps", "model");
    const index = join(folder, "chat-index.db");
    const reopen = async (between: () => void) => {
      await search("lamp");
      await store[Symbol.asyncDispose]();
      between();
      store = openStore(folder);
    };
    const lose = () => ["", "-wal", "-shm"].forEach((end) => rmSync(index + end, { force: true }));
    await reopen(lose);
    expect((await search("lamp")).hits).toHaveLength(2);
    await reopen(() => {
      lose();
      writeFileSync(index, "no database".repeat(1000));
    });
    expect((await search("lamp")).hits).toHaveLength(2);
    await reopen(() => {
      const database = new Database(index);
      database.run("UPDATE progress SET seen = 1000000");
      database.close();
    });
    await store.chats.append("anna", "c", null, [says("another lamp")], 1);
    expect((await search("lamp")).hits).toHaveLength(3);
  });
});
