import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readChat } from "../../src/ui/share/document.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, openView, warnWithoutChromium } from "../support/browser.ts";

warnWithoutChromium("the page of a shared chat");

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const bearer = { authorization: "Bearer an-access-key-0123456789" };

describe("what a shared document says", () => {
  const textsOf = (document: unknown) => readChat(document).messages.map(({ role, text }) => `${role}: ${text}`);

  test("is read as web interfaces write it", () => {
    const chat = readChat({
      id: "x",
      title: "Cats",
      items: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello", provider: { name: "Work", model: "m" }, reasoning: "Hm" },
      ],
    });
    expect(chat).toEqual({
      title: "Cats",
      left: 0,
      messages: [
        { role: "user", note: "", thoughts: "", text: "Hi" },
        { role: "assistant", note: "Work", thoughts: "Hm", text: "Hello" },
      ],
    });
  });

  test("is the branch that was looked at last of a stored chat's export", () => {
    const message = (message_id: string, parent_id: string | null, content: unknown) => ({
      message_id,
      parent_id,
      message: { role: "user", content },
    });
    const messages = [
      message("a", null, "one"),
      message("b", "a", "two"),
      message("c", "a", [{ type: "text", text: "three" }]),
    ];
    expect(textsOf({ current_id: "c", messages })).toEqual(["user: one", "user: three"]);
    expect(textsOf({ current_id: "gone", messages })).toHaveLength(3);
    const circle = [message("a", "b", "one"), message("b", "a", "two")];
    expect(textsOf({ current_id: "a", messages: circle })).toHaveLength(2);
  });

  test("is shown as JSON where it is no chat, and is never more than a page holds", () => {
    for (const document of [{ a: 1 }, { items: "x" }, { items: [1, null] }, { messages: {} }, [], null, "x", 5])
      expect(textsOf(document)).toEqual([expect.stringContaining("~~~~~~~~\n")]);
    expect(textsOf({ items: [] })).toEqual([]);
    const parts = [{ type: "input_audio" }, { bucket_id: "b ü", name: "a.png" }, 5, null, { type: { a: 1 } }];
    expect(textsOf({ items: [{ content: parts }] })).toEqual([
      ": [input_audio]\n\n![](/files/b%20%C3%BC/media/a.png)\n\n5\n\nnull\n\n[file]",
    ]);
    const items = Array.from({ length: 3000 }, (_, at) => ({ role: "user", content: `message ${at}` }));
    const long = readChat({ items: [...items, { role: "user", content: "x".repeat(300_000) }] });
    expect([long.messages.length, long.left, long.messages[0]?.text]).toEqual([1000, 2001, "message 2001"]);
    expect(long.messages.at(-1)?.text).toHaveLength(100_003);
    let nested: unknown = Array.from({ length: 3_900_000 }, () => 0);
    for (let depth = 0; depth < 120; depth++) nested = [nested];
    expect(textsOf({ nested })).toEqual([expect.stringContaining("[[[0,0,0")]);
  });
});

describe.skipIf(!chromium)("the page of a shared chat, in a real browser", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openApp({ environment: { PARLEY_ACCESS_KEY: "an-access-key-0123456789" } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const share = (id: string, document: object) =>
    app.get(`/backend-api/v2/chat/${id}`, { method: "POST", headers: bearer, body: JSON.stringify(document) });
  const chatText = "document.getElementById('chat').innerText";
  // Also of what is not looked at, and so not laid out.
  const wholeText = "document.getElementById('chat').textContent";
  const stateText = "document.getElementById('state').textContent";
  const picture = async (view: Bun.WebView, name: string) => {
    if (process.env.PARLEY_SCREENSHOTS)
      await Bun.write(`${process.env.PARLEY_SCREENSHOTS}/${name}.png`, await view.screenshot());
  };

  test("shows it without a key, and what is written into it, and says when it is gone", async () => {
    const items = [{ role: "user", content: "Tell me" }];
    await share("live", { title: "A story", items, updated: 1 });
    const { view, until, read } = await openView(`${app.origin}/share/live`, 360, 700);
    await until(chatText, "Tell me");
    expect(await read("document.title")).toBe("A story");
    await read("void (window.first = document.querySelector('article'))");
    const content =
      "# Once\n\nupon a **time**, `code`:\n\n```js\nlet a = '<b>';\n```\n\n- one\n- two\n\n> said\n\n1. first";
    await share("live", {
      title: "A story",
      items: [...items, { role: "assistant", content, provider: "Work" }],
      updated: 2,
    });
    await until(chatText, "upon a time, code:");
    await picture(view, "share-narrow");
    const parts = "h3, p, strong, code, pre, ul, ol, li, blockquote";
    expect(
      await read(
        `[...document.querySelectorAll('article .markdown')].map((each) => [...each.querySelectorAll(${JSON.stringify(parts)})].map(({ localName }) => localName).join(' ')).join('; ')`,
      ),
    ).toBe("p; h3 p strong code pre code ul li li blockquote p ol li");
    expect(await read("document.querySelector('pre').textContent")).toBe("let a = '<b>';");
    expect(await read("document.querySelector('article') === window.first")).toBe("true");
    expect(await read("document.documentElement.scrollWidth <= innerWidth")).toBe("true");
    await app.get("/backend-api/v2/chat/live", { method: "DELETE", headers: bearer });
    await until(stateText, "not shared any more");
    expect(await read(chatText)).toContain("upon a time");
    view.close();
  });

  test("shows what an answer cites of the web, and the list of its sources, as links", async () => {
    const cited = "It melts [[0]](https://example.com/a), fast.";
    const sources =
      String.raw`> [0] [Ice \[2025\] \<b>](https://example.com/a)` + "\n>\n> [12] [b.example](https://b.example/)";
    const content = `${cited}\n\n\n\n${sources}\n\n${String.raw`\[not](https://c.example/)`}`;
    await share("cited", { items: [{ role: "assistant", content }] });
    const { view, until, read } = await openView(`${app.origin}/share/cited`);
    await until(chatText, "It melts");
    expect(
      await read("[...document.querySelectorAll('article a')].map((each) => `${each.text} ${each.href}`).join('\\n')"),
    ).toBe(
      [
        "[0] https://example.com/a",
        "https://c.example/ https://c.example/",
        "Ice [2025] <b> https://example.com/a",
        "b.example https://b.example/",
      ].join("\n"),
    );
    await picture(view, "share-sources");
    view.close();
  });

  test("stands in an origin of nobody's: no script of it could read what the page keeps, and it is told what is new all the same", async () => {
    await share("alone", { items: [{ role: "user", content: "Alone" }], updated: 1 });
    const { view, until, read } = await openView(`${app.origin}/share/alone`);
    await until(chatText, "Alone");
    for (const kept of ["localStorage", "document.cookie", "sessionStorage", "indexedDB.open('x')"])
      expect(await read(`(() => { try { return ${kept} } catch (thrown) { return thrown.name } })()`)).toBe(
        "SecurityError",
      );
    expect(await read("self.origin")).toBe("null");
    await share("alone", { items: [{ role: "user", content: "Not any more" }], updated: 2 });
    await until(chatText, "Not any more");
    view.close();
  });

  test("may be read by its page, and by that of no other origin; nothing else may be", async () => {
    await share("read", { items: [{ role: "user", content: "Read" }] });
    const allowed = async (path: string, origin: string, init: RequestInit = {}) => {
      const { headers } = await app.get(path, { ...init, headers: { ...bearer, ...init.headers, origin } });
      return [headers.get("access-control-allow-origin"), headers.get("access-control-allow-credentials")];
    };
    const path = "/backend-api/v2/chat/read";
    expect(await allowed(path, "null")).toEqual(["null", null]);
    const preflight = { "access-control-request-method": "GET", "access-control-request-headers": "if-none-match" };
    expect(await allowed(path, "null", { method: "OPTIONS", headers: preflight })).toEqual(["null", null]);
    expect(await allowed(path, "https://example.com")).toEqual([null, null]);
    for (const other of [
      "/backend-api/v2/chat",
      "/backend-api/v2/chats",
      "/backend-api/v2/models",
      "/share/read",
      `/x?${path}`,
    ])
      expect([other, ...(await allowed(other, "null"))]).toEqual([other, null, null]);
    const written = await app.get(path, { method: "POST", headers: { ...bearer, origin: "null" }, body: "{}" });
    expect(written.status).toBe(403);
  });

  test("has a slash at its end forgiven, with and without a key", async () => {
    await share("slash", { items: [{ role: "user", content: "Forgiven" }] });
    for (const headers of [{}, bearer]) expect((await app.get("/share/slash/", { headers })).status).toBe(200);
    for (const path of ["/share//", "/share/slash//", "/share/slash/x/"])
      expect([path, (await app.get(path)).status]).toEqual([path, 401]);
    const { view, until } = await openView(`${app.origin}/share/slash/`);
    await until(chatText, "Forgiven");
    view.close();
  });

  test("says that there is none, in its status too", async () => {
    for (const id of ["none", "x".repeat(200)]) expect((await app.get(`/share/${id}`)).status).toBe(404);
    expect((await app.get("/share/none")).headers.get("content-type")).toBe("text/html; charset=utf-8");
    const { view, until } = await openView(`${app.origin}/share/none`);
    await until(stateText, "No chat is shared here.");
    view.close();
  });

  test("shows pictures of our own alone, as they are published", async () => {
    const { name } = await app.services.library.store.save(png, { owner: "local", model: "m", prompt: "a cat" });
    const file = encodeURI(name);
    const markup = `<a href="/media/${file}" data-width="1" data-height="1"><img src="/thumbnail/${file}" alt="a &quot;cat&quot;" width="1" height="1"></a>`;
    const foreign =
      "![spy](https://example.com/spy.png) ![spy](//example.com/media/a.png) ![x](/backend-api/v2/models)";
    await share("pictures", {
      items: [{ role: "assistant", content: `${markup}\n\n![two](/media/${file})\n\n${foreign}` }],
    });
    const { view, until, read } = await openView(`${app.origin}/share/pictures`);
    const images = "[...document.images]";
    await until(`${images}.filter((each) => each.complete && each.naturalWidth === 1).length`, "2");
    expect(await read(`${images}.map((each) => each.alt).join()`)).toBe('a "cat",two');
    view.close();
  });

  test("runs nothing of a hostile document, and shows a huge one", async () => {
    const attack = `window.attacked = 1`;
    const texts = [
      `<script>${attack}</script><img src=x onerror="${attack}"><svg onload="${attack}">`,
      `[link](javascript:${attack}) [data](data:text/html,<script>${attack}</script>) <a href="javascript:${attack}">x</a>`,
      `<a href="javascript:${attack}"><img src="/thumbnail/x" alt="y" onerror="${attack}"></a>`,
      `![a](x" onerror="${attack}) [vb](vbscript:x) <video src="javascript:${attack}" controls></video>`,
      `<a href="/media/x" onclick="${attack}"><img src="/media/x" alt="" onload="${attack}"></a>`,
      "*".repeat(100_000),
      "[".repeat(100_000),
      "`*_[![".repeat(30_000),
      '<a href="'.repeat(20_000),
      "- \n> ```\n".repeat(5_000),
      "https://".repeat(20_000),
      "*a ".repeat(60_000),
      `# ${" ".repeat(99_000)}a\u2028b`,
      `${"`".repeat(99_000)}\u2028b`,
    ];
    const items: object[] = texts.map((content) => ({ role: `<img src=x onerror=${attack}>`, content, model: "<b>" }));
    items.push(...Array.from({ length: 2000 }, (_, at) => ({ role: "user", content: `message ${at} `.repeat(20) })));
    items.push(...texts.slice(0, 5).map((content) => ({ role: `<b onclick=${attack}>`, content })), {
      role: "user",
      content: "the end",
    });
    await share("hostile", { title: `<script>${attack}</script>`, items, __proto__: { a: 1 } });
    const { view, until, read } = await openView(`${app.origin}/share/hostile`, 360, 700);
    await until(wholeText, "the end");
    expect(await read(wholeText)).toContain("earlier messages are left out");
    await share("hostile", {
      title: "x",
      items: [...items.slice(0, texts.length), { role: "user", content: "the second end" }],
    });
    await until(wholeText, "the second end");
    await read(
      "[...document.links].filter(({ target }) => target === '_blank').forEach((each) => each.dispatchEvent(new Event('click')))",
    );
    expect(await read("String(window.attacked)")).toBe("undefined");
    expect(
      await read(
        "document.querySelectorAll('main script, main svg:not(.lucide), main [onerror], main [onload], main [onclick]').length",
      ),
    ).toBe("0");
    expect(await read("[...document.links].filter(({ protocol }) => !/^https?:$/.test(protocol)).length")).toBe("0");
    expect(await read("document.documentElement.scrollWidth <= innerWidth")).toBe("true");
    view.close();
  }, 60_000);
});
