import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";

warnWithoutChromium("the chat page");

describe.skipIf(!chromium)("a chat, in a real browser", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openApp({ flags: { scripted: "true" } });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("begins without a key, and gets an address and a title with its first answer", async () => {
    await using page = await openPage(app);
    await page.see("What can I help with?");
    await page.fill("Message", "one two three four");
    await page.press("Enter");
    await page.until("document.querySelectorAll('.chat-answer').length", "1");
    await page.until("document.querySelector('.chat-answer').innerText", "one two three four");
    await page.keepPicture("chat");
    expect(await page.read("location.hash")).toMatch(/^#\/chats\/chat_/);
    await page.until("document.title", "one two three four · Parley");
    expect(await page.findViolations()).toEqual([]);
  });
});
