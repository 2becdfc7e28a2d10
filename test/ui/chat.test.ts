import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { fromSource, startServer } from "../support/command.ts";
import { openPage, type TestPage } from "../support/page.ts";
import { openToldUpstream, type ToldUpstream } from "../support/told-upstream.ts";

warnWithoutChromium("the chat page");

const answerText = (index = 0) => `document.querySelectorAll('.chat-answer .markdown')[${index}]?.innerText ?? ''`;
/** The demonstration repeats it, a word each 20 ms. */
const words = (count: number, name = "w") => Array.from({ length: count }, (_, at) => `${name}${at}`).join(" ");

async function ask(page: TestPage, text: string): Promise<void> {
  await page.fill("Message", text);
  await page.press("Enter");
}

describe.skipIf(!chromium)("a chat, in a real browser", () => {
  let app: TestApp;
  let upstream: ToldUpstream;
  beforeAll(async () => {
    upstream = openToldUpstream();
    app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });
  const untilAsked = (text: string) => upstream.untilAsked(text);
  const tell = (question: string, answer: string) => upstream.answer(question, answer);

  test("begins without a key, and gets an address and a title with its first answer, whose end is said once", async () => {
    await using page = await openPage(app);
    await page.see("What can I help with?");
    await ask(page, "one two three four");
    await tell("one two three four", "**five**");
    await page.until(answerText(), "five");
    expect(await page.read("location.hash")).toMatch(/^#\/chats\/chat_/);
    await page.until("document.title", "one two three four · Parley");
    await page.see("The answer is complete.");
    expect(await page.focus()).toBe("Message");
    await ask(page, "and more");
    await tell("and more", "six");
    await page.until(answerText(1), "six");
    await page.keepPicture("chat");
    expect(await page.findViolations()).toEqual([]);
    // A browser that lets no page copy says so by a notice; others copy.
    await page.read(
      "void (navigator.clipboard.writeText = () => Promise.reject(), document.execCommand = () => false)",
    );
    await page.click("Copy the question");
    await page.until("document.querySelector('.toast')?.innerText ?? ''", "does not let the page copy");
    const bottom = "document.querySelector('.toast').getBoundingClientRect().bottom";
    await page.until(`${bottom} <= document.querySelector('.composer').getBoundingClientRect().top + 8`, "true");
    await page.seeNot("The answer is complete.");
    await page.click("New chat", "link");
    await page.see("What can I help with?");
    await page.until("document.activeElement.ariaLabel ?? ''", "Message");
    expect(await page.read("document.body.innerText")).not.toContain("The answer is complete.");
    expect(await page.read("document.querySelectorAll('h1').length")).toBe("1");

    // What was being written goes along into the chat that an example begins.
    await page.fill("Message", "Half a thought");
    await page.click("Plan three days in Lisbon for a family of four");
    await tell("Plan three days", "Day one");
    await page.until(answerText(), "Day one");
    const draft = "document.querySelector('.composer-text').value";
    expect(await page.read(draft)).toBe("Half a thought");
    await page.click("New chat", "link");
    await page.see("What can I help with?");
    expect(await page.read(draft)).toBe("");
  });

  test("goes on with a running answer when it is read anew in the middle, and in a second tab; and keeps what could not be sent, whatever that asks meanwhile", async () => {
    await using page = await openPage(app);
    await ask(page, "Tell me");
    await untilAsked("Tell me");
    upstream.say("Once ");
    await page.until(answerText(), "Once");
    await page.reload();
    await page.until(answerText(), "Once");
    await using tab = await openPage(app, `/${await page.read("location.hash")}`, { profile: page.profile });
    await tab.until(answerText(), "Once");
    upstream.say("upon a time");
    await Promise.all([page, tab].map((each) => each.until(answerText(), "Once upon a time")));
    upstream.finish();
    await Promise.all([page, tab].map((each) => each.see("The answer is complete.")));
    await ask(tab, "Asked elsewhere");
    await untilAsked("Asked elsewhere");
    upstream.say("And told here");
    await page.until(answerText(1), "And told here");
    upstream.finish();
    await page.until("document.querySelectorAll('.chat-answer .chat-actions').length", "2");
    expect(await page.read(answerText())).toBe("Once upon a time");

    for (const each of [page, tab]) {
      await each.click("New chat", "link");
      await each.see("What can I help with?");
    }
    const asked = { parentId: null, choices: [{}], askedAt: 1, failure: "On purpose." };
    for (const [id, content] of [
      ["q1", "was it lost"],
      ["q2", "and this"],
    ] as const) {
      const kept = JSON.stringify({ ...asked, id, content, chatId: `chat_${id}` });
      await page.read(`localStorage.setItem("parley-unsent:${id}", ${JSON.stringify(kept)})`);
    }
    await tab.see("was it lost");
    await ask(tab, "Another question");
    await tell("Another question", "Another answer");
    await tab.until(answerText(), "Another answer");
    await page.reload();
    await page.see("Not sent yet");
    await page.see("and this");
    await page.click("was it lost");
    await page.see("Not sent. On purpose.");
    await page.keepPicture("chat-unsent");
    await page.click("Try again");
    await tell("was it lost", "It was not");
    await page.until(answerText(), "It was not");
    await page.seeNot("Not sent");
    const unsent = "Object.keys(localStorage).filter((name) => name.startsWith('parley-unsent:')).join()";
    await page.until(`${unsent} === "parley-unsent:q2"`, "true");
    expect(await page.read("localStorage.getItem('parley-unsent:q1')")).toBe("null");
  });

  test("stops its answer with Escape, and goes on with it; says why another failed, and asks again", async () => {
    await using page = await openPage(app);
    await ask(page, "Stop this");
    await untilAsked("Stop this");
    upstream.say("The begin");
    await page.until(answerText(), "The begin");
    await page.press("Escape");
    await page.see("Stopped");
    await page.keepPicture("chat-stopped");
    upstream.forget();
    await page.click("Continue");
    await untilAsked("Stop this");
    upstream.say("ning of it");
    await page.until(answerText(), "The beginning of it");
    upstream.finish();
    await page.until("document.querySelector('.chat-answer .chat-branches')?.innerText ?? ''", "2 / 2");
    expect(await page.read(answerText())).toBe("The beginning of it");

    upstream.forget();
    await page.click("New chat", "link");
    await page.see("What can I help with?");
    upstream.refuseNext();
    await ask(page, "Fail at this");
    await page.see("The answer failed.");
    await page.keepPicture("chat-failed");
    expect(await page.findViolations()).toEqual([]);
    upstream.forget();
    await page.click("Try again");
    await untilAsked("Fail at this");
    upstream.say("Better");
    await page.until(answerText(), "Better");
    upstream.finish();
    await page.until("document.querySelector('.chat-answer .chat-branches')?.innerText ?? ''", "2 / 2");
  });

  test("has its end in sight while an answer comes, and leaves alone who reads above it; also a very long one, and on a phone in the dark", async () => {
    await using page = await openPage(app);
    const box = "document.querySelector('.chat-scroller')";
    const distance = `String(Math.round(${box}.scrollHeight - ${box}.clientHeight - ${box}.scrollTop))`;
    const paragraphs = `${words(60)}\n\n`.repeat(30);
    await ask(page, "Tell a long one");
    await untilAsked("Tell a long one");
    upstream.say(paragraphs);
    await page.until(`(${answerText()}).split("w59").length`, "31");
    await page.until(`${distance} === "0" && ${box}.scrollTop > 0`, "true");
    await page.read(`${box}.scrollTo(0, 200)`);
    await page.see("To the end");
    const before = await page.read(distance);
    upstream.say(paragraphs);
    await page.until(`Number(${distance}) > ${before}`, "true");
    expect(await page.read(`${box}.scrollTop`)).toBe("200");
    await page.click("To the end");
    await page.until(`${distance} === "0"`, "true");
    await page.seeNot("To the end");
    upstream.say(paragraphs);
    upstream.finish();
    await page.see("The answer is complete.");
    await page.until(`${distance} === "0"`, "true");

    const messages = Array.from({ length: 320 }, (_, at) => ({
      role: at % 2 === 0 ? "user" : "assistant",
      content: `Said as number ${at}.`,
    }));
    await app.get("/backend-api/v2/chats", { method: "POST", body: JSON.stringify({ chat_id: "long", messages }) });
    await page.goTo("/#/chats/long");
    const shown = "document.querySelectorAll('.chat-message').length";
    await page.see("Said as number 319.");
    await page.see("Show earlier messages");
    const unasked = Number(await page.read(shown));
    expect(unasked).toBeWithin(150, 181);
    const first = await page.read("document.querySelector('.chat-question').textContent");
    // To the very top, where the first that is shown stays in sight while others come before it.
    await page.read("document.querySelector('.chat-scroller').scrollTo(0, 0)");
    await page.until(`${shown} > ${unasked}`, "true");
    await page.settle();
    const top = `[...document.querySelectorAll('.chat-question')].find(({ textContent }) => textContent === ${JSON.stringify(first)}).getBoundingClientRect().top`;
    expect(Number(await page.read(top))).toBeWithin(0, 400);
    while ((await page.read(shown)) !== "320")
      await page.read(
        "new Promise((done) => { document.querySelector('.chat-scroller').scrollTo(0, 0); setTimeout(done, 50); })",
      );
    await page.seeNot("Show earlier messages");
    expect(await page.read("document.querySelector('.chat-question').textContent")).toContain("number 0.");

    await page.goTo("/#/chats/gone");
    await page.see("There is no such chat.");
    await page.until("document.title", "No such chat · Parley");

    await page.resize(360, 740);
    await page.setTheme("dark");
    await page.goTo("/#/");
    await page.see("What can I help with?");
    await ask(page, `${words(30)} ${"y".repeat(300)}`);
    await tell("yyyy", `${words(30)} ${"x".repeat(300)}`);
    await page.until(answerText(), "xxx");
    await page.see("The answer is complete.");
    expect(await page.read("document.documentElement.scrollWidth <= innerWidth")).toBe("true");
    await page.keepPicture("chat-phone-dark");
    expect(await page.findViolations()).toEqual([]);
  });
});

test.skipIf(!chromium)(
  "a server that is killed in the middle of an answer leaves what there was, and goes on with it",
  async () => {
    const cwd = mkdtempSync(join(tmpdir(), "parley-chat-page-"));
    await using servers = new AsyncDisposableStack();
    servers.defer(() => rmSync(cwd, { recursive: true, force: true }));
    const start = async (port: string) =>
      servers.use(await startServer(fromSource, { cwd, args: ["--scripted", "true", "--port", port] }));
    let server = await start("0");
    // What is read of it is its address.
    await using page = await openPage({ origin: server.origin } as TestApp);
    await ask(page, words(500));
    await page.until(answerText(), "w10");
    await server[Symbol.asyncDispose]();
    // Nothing comes any more then, and what came is drawn.
    await page.see("The server cannot be reached");
    const seen = await page.read(answerText());
    server = await start(new URL(server.origin).port);
    await page.see("The answer was cut short: the server stopped.");
    await page.see("Cut short: the server stopped");
    expect(await page.read(answerText())).toStartWith(seen);
    await page.keepPicture("chat-interrupted");
    await page.click("Continue");
    await page.until("document.querySelector('.chat-answer .chat-branches')?.innerText ?? ''", "2");
    await page.until(`(${answerText()}).startsWith(${JSON.stringify(seen)})`, "true");
    page.problems();
  },
);
