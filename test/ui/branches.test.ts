import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage, type TestPage } from "../support/page.ts";
import { openToldUpstream, type ToldUpstream } from "../support/told-upstream.ts";
import { until } from "../support/until.ts";

warnWithoutChromium("the branches of a chat");

const thread = "document.querySelector('.chat-messages')?.innerText ?? ''";
const branches = (of: "question" | "answer") => `document.querySelector('.chat-${of} .chat-branches')?.innerText ?? ''`;

describe.skipIf(!chromium)("the branches of a chat, in a real browser", () => {
  let app: TestApp;
  let work: ToldUpstream;
  let other: ToldUpstream;
  beforeAll(async () => {
    work = openToldUpstream();
    other = openToldUpstream();
    app = await openApp({
      yaml: providerYaml(
        { name: "Work", origin: work.origin, models: ["first"] },
        { name: "Other", origin: other.origin, models: ["second"] },
      ),
    });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    work[Symbol.dispose]();
    other[Symbol.dispose]();
  });

  async function ask(page: TestPage, text: string): Promise<void> {
    await page.fill("Message", text);
    await page.press("Enter");
  }

  /** Until the server has the branch that is shown, which a reload would show: it is told of it later. */
  async function untilKept(page: TestPage, text: string): Promise<void> {
    const path = `/backend-api/v2/chats/${(await page.read("location.hash")).split("/").at(-1)}?path=current`;
    await until(async () => (await (await app.get(path)).text()).includes(text));
  }

  /** In the list of models that was just opened. */
  async function choose(page: TestPage, model: string): Promise<void> {
    await page.until("document.activeElement.localName", "input");
    await page.type(model);
    await page.until("document.querySelector('[role=option]')?.innerText ?? ''", model);
    await page.press("Enter");
  }

  test("an edit that was begun is there after a reload, and gives the focus back when it is cancelled", async () => {
    await using page = await openPage(app);
    await ask(page, "Which tree");
    await work.answer("Which tree", "An oak");
    await page.until(thread, "An oak");
    await page.click("Edit and ask again");
    expect(await page.read("document.activeElement.selectionStart")).toBe("Which tree".length.toString());
    await page.fill("Your question", "Which bird, then");
    await page.reload();
    await page.until("document.querySelector('.chat-question-edit textarea')?.value ?? ''", "Which bird, then");
    expect(await page.focus()).not.toBe("Your question");
    await page.click("Cancel");
    await page.until(thread, "Which tree");
    expect(await page.focus()).toBe("Edit and ask again");
    await page.click("Edit and ask again");
    expect(await page.read("document.querySelector('.chat-question-edit textarea').value")).toBe("Which tree");
    await page.press("Escape");
    expect(await page.focus()).toBe("Edit and ask again");
  });

  test("are begun by an edit, an answer again, and another model, and switched by keys", async () => {
    await using page = await openPage(app);
    await ask(page, "Which colour");
    await work.answer("Which colour", "Red");
    await page.until(thread, "Red");
    await page.click("Edit and ask again");
    await page.fill("Your question", "Which number");
    await page.press("Enter");
    await work.answer("Which number", "Seven");
    await page.until(thread, "Seven");
    await page.until(branches("question"), "2 / 2");
    expect(await page.read(thread)).not.toContain("Red");

    await page.click("Answer again");
    await work.answer("Which number", "Eight");
    await page.until(thread, "Eight");
    await page.until(branches("answer"), "2 / 2");
    await page.click("More");
    await page.click("Again with …");
    await page.click("Model: Auto");
    await choose(page, "second");
    await page.click("Ask this model");
    await other.answer("Which number", "Nine");
    await page.until(branches("answer"), "3 / 3");
    await page.until(thread, "Nine");
    await page.keepPicture("chat-branches");
    expect(await page.findViolations()).toEqual([]);

    await page.read("[...document.querySelectorAll('[aria-label=\"Previous branch\"]')].at(-1).focus()");
    await page.press("Enter");
    await page.until(thread, "Eight");
    await page.until("document.activeElement?.ariaLabel ?? ''", "Previous branch");
    await page.press("Enter");
    await page.until(thread, "Seven");
    await untilKept(page, "Seven");
    await page.reload();
    await page.until(thread, "Seven");
    await page.click("Previous branch");
    await page.until(thread, "Red");
  });

  test("a branch that was switched to stays, whatever was read before; a refusal is said, and shows the one before", async () => {
    await using page = await openPage(app);
    await ask(page, "Which river");
    await work.answer("Which river", "The Rhine");
    await page.until(thread, "The Rhine");
    await page.click("Answer again");
    await work.answer("Which river", "The Elbe");
    await page.until(branches("answer"), "2 / 2");
    await page.until(`document.querySelectorAll('.chat-answer .chat-actions').length`, "1");
    await page.read(`(() => {
      const { fetch } = window;
      const open = Promise.withResolvers();
      window.reads = 0;
      window.letReadsGo = open.resolve;
      window.fetch = async (address, init) => {
        if (init?.method === "PATCH" && window.isRefusing) throw new TypeError("On purpose");
        const answer = await fetch(address, init);
        if (init?.method !== "GET" || !/chats\\/chat_/.test(address)) return answer;
        window.reads++;
        await open.promise;
        return answer;
      };
    })()`);
    await page.click("What to do with “Which river”", "button");
    await page.click("Pin", "menuitem");
    await page.until("window.reads > 0", "true");
    await page.click("Previous branch");
    await page.until(thread, "The Rhine");
    await untilKept(page, "The Rhine");
    await page.read("window.letReadsGo()");
    await page.settle();
    expect(await page.read(thread)).toContain("The Rhine");
    await page.read("window.isRefusing = true");
    await page.click("Next branch");
    await page.see("The server cannot be reached");
    await page.until(thread, "The Rhine");
  });

  test("stand beside each other while two models are compared, and go on with the one that is kept", async () => {
    await using page = await openPage(app);
    await page.click("Compare two models");
    await page.click("Second model: Auto");
    await choose(page, "second");
    await page.click("Model: Auto");
    await choose(page, "first");
    await ask(page, "Compare this");
    await Promise.all([work.answer("Compare this", "From the first"), other.answer("Compare this", "From the second")]);
    await page.until("document.querySelector('.chat-comparison')?.innerText ?? ''", "From the second");
    await page.until(thread, "From the first");
    await page.until("document.querySelectorAll('.chat-comparison .chat-actions').length", "2");
    await page.keepPicture("chat-compare");
    expect(await page.findViolations()).toEqual([]);
    await page.reload();
    await page.until("document.querySelector('.chat-comparison')?.innerText ?? ''", "From the second");
    await page.read("document.querySelector('.chat-comparison > div > .button').click()");
    await page.until(branches("answer"), "1 / 2");
    expect(await page.read(thread)).toContain("From the first");
    await page.click("Compare two models");
    await ask(page, "And then");
    await work.answer("And then", "Then this");
    await page.until(thread, "Then this");
  });

  test("go on with an answer that was as long as it may be, also after the page was read anew", async () => {
    await using page = await openPage(app);
    await ask(page, "A long one");
    await work.answer("A long one", "It begins", "length");
    await page.see("This answer is as long as it may be.");
    await page.reload();
    await page.see("This answer is as long as it may be.");
    await page.click("Continue");
    await work.answer("A long one", " and ends.");
    await page.until(thread, "It begins and ends.");
    await page.until(branches("answer"), "2 / 2");
  });

  test("are deleted with all that follows, once that was agreed to", async () => {
    await using page = await openPage(app);
    await ask(page, "Keep me");
    await work.answer("Keep me", "Kept");
    await page.until(thread, "Kept");
    // Nothing is sent while an answer still comes.
    const answered = "document.querySelectorAll('.chat-answer .chat-actions').length";
    await page.until(answered, "1");
    await ask(page, "Delete me");
    await work.answer("Delete me", "Soon gone");
    await page.until(thread, "Soon gone");
    await page.until(answered, "2");
    await page.read("[...document.querySelectorAll('.chat-question [aria-label=Delete]')].at(-1).click()");
    await page.see("Delete this message?");
    await page.keepPicture("chat-delete");
    await page.read("[...document.querySelectorAll('[role=dialog] .danger')].at(-1).click()");
    await page.seeNot("Soon gone");
    expect(await page.read(thread)).toContain("Kept");
    await page.until("document.activeElement.ariaLabel ?? ''", "Message");
    await page.reload();
    await page.until(thread, "Kept");
    expect(await page.read(thread)).not.toContain("Delete me");
  });
});
