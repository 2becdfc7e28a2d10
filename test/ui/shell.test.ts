import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { askChats, assistant, user } from "../support/chats.ts";
import { hangingAnswer } from "../support/client.ts";
import { openPage, type TestPage } from "../support/page.ts";
import { openUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";

warnWithoutChromium("the sidebar, and what stands around every page");

const shownChats = `[...document.querySelectorAll(".chat-group")].map((group) => group.innerText.replace(/\\s*\\n\\s*/g, "|")).join(" / ")`;
const theme = "[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor].join()";

describe.skipIf(!chromium)("the sidebar, in a real browser", () => {
  let app: TestApp;
  let page: TestPage;
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = openUpstream(() => hangingAnswer("Well"));
    app = await openApp({ yaml: providerYaml({ name: "Work", origin: upstream.origin }) });
    for (const [id, title, answer] of [
      ["list", "Shopping list", "Eggs & <b>flour</b>"],
      ["tales", "Tales", "Once there was a lighthouse keeper"],
      ["trip", "A trip to Lisbon", "The trams are yellow"],
    ] as const)
      await askChats(app, "POST", "", { chat_id: id, title, messages: [user("Well?"), assistant(answer)] });
    const messages = [user("Well?"), assistant("Signs and all")];
    await askChats(app, "POST", "", { chat_id: "away? 100% #1", title: "Put away", archived: true, messages });
    page = await openPage(app);
  }, 60_000);
  afterAll(async () => {
    await page.close();
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });

  const choose = async (title: string, entry: string, on = page) => {
    await on.click(`What to do with “${title}”`, "button");
    await on.click(entry, "menuitem");
  };
  const statusOf = async (id: string) => (await askChats(app, "GET", `/${id}`)).status;

  test("shows one's chats, and pins one", async () => {
    await page.until(shownChats, "Today|A trip to Lisbon|Tales|Shopping list");
    await choose("Tales", "Pin");
    await page.until(shownChats, "Pinned|Tales / Today|A trip to Lisbon|Shopping list");
    expect((await askChats(app, "GET", "/tales")).body.pinned).toBe(true);
    expect(await page.findViolations()).toEqual([]);
  });

  test("renames one in its place; Escape leaves it as it was", async () => {
    await choose("Shopping list", "Rename");
    await page.until("document.activeElement.ariaLabel", "Title of the chat");
    await page.type("What to buy");
    await page.press("Enter");
    await page.until(shownChats, "What to buy");
    await page.until("document.activeElement.innerText", "What to buy");
    await choose("What to buy", "Rename");
    await page.until("document.activeElement.ariaLabel", "Title of the chat");
    await page.type("Nothing");
    await page.press("Escape");
    await page.until(shownChats, "What to buy");
    expect((await askChats(app, "GET", "/list")).body.title).toBe("What to buy");
  });

  test("finds words in chats, and shows where as text", async () => {
    await page.fill("Search your chats", "flour");
    await page.see("1 chat found");
    expect(await page.read("document.querySelector('.found').innerText")).toBe("What to buy\nEggs & <b>flour</b>");
    expect(await page.read("document.querySelector('.found mark').innerText")).toBe("flour");
    await page.fill("Search your chats", "nowhere");
    await page.see("No chat has all of these words.");
    await page.press("Escape");
    await page.until(shownChats, "What to buy");
  });

  test("archives one, and gives it back", async () => {
    await choose("Tales", "Archive");
    await page.seeNot("Tales\n");
    await page.click("Archived chats", "button");
    await page.until(shownChats, "Put away");
    await choose("Put away", "Take out of the archive");
    await page.until(`${shownChats} === "Pinned|Tales"`, "true");
    await page.click("Back to your chats", "button");
    await page.until(shownChats, "Put away");
    await page.click("Undo", "button");
    await page.until(shownChats, "Pinned|Tales");
  });

  test("deletes one that can be had back, until the page is left", async () => {
    await page.click("A trip to Lisbon", "link");
    await page.until("location.hash", "#/chats/trip");
    await choose("A trip to Lisbon", "Delete");
    await page.until("location.hash === '#/'", "true");
    expect(await page.read(shownChats)).not.toContain("Lisbon");
    expect(await statusOf("trip")).toBe(200);
    await page.click("Undo", "button");
    await page.until(shownChats, "A trip to Lisbon");
    await page.until("location.hash", "#/chats/trip");

    await page.click("Put away", "link");
    await page.see("Signs and all");
    await page.until("document.querySelector('[aria-current=page]')?.innerText", "Put away");
    await choose("Put away", "Delete");
    await page.see("“Put away” is deleted.");
    await page.reload();
    await page.until(shownChats, "A trip to Lisbon");
    expect(await page.read(shownChats)).not.toContain("Put away");
    expect(await statusOf(encodeURIComponent("away? 100% #1"))).toBe(404);
  });

  test("is reached and left by the keyboard alone", async () => {
    await page.read("location.hash = '/shares'");
    await page.see("Nothing is shared");
    await page.read("document.activeElement.blur()");
    await page.press("Tab");
    expect(await page.focus()).toBe("Go to the content");
    await page.press("Enter");
    expect(await page.read("document.activeElement.id")).toBe("main");
    await page.press("F", "Alt", "Shift");
    await page.until("document.activeElement.id", "chat-search");
    for (let tabs = 0; tabs < 10 && (await page.focus()) !== "A trip to Lisbon"; tabs++) await page.press("Tab");
    await page.press("Enter");
    await page.until("location.hash", "#/chats/trip");
    await page.until("document.getElementById('main').contains(document.activeElement)", "true");
  });

  test("can be put away, which is remembered, and tells its shortcuts", async () => {
    await page.press("S", "Alt", "Shift");
    await page.until("document.querySelector('.rail') !== null", "true");
    await page.reload();
    await page.click("Show the sidebar", "button");
    await page.until(shownChats, "A trip to Lisbon");
    expect(await page.focus()).toBe("Hide the sidebar");
    await page.press("?", "Shift");
    await page.see("Begin a new chat");
    await page.press("Escape");
    await page.seeNot("Begin a new chat");
  });

  test("has the colours that were chosen, and those of the system until then", async () => {
    await page.until(theme, "rgb(255, 255, 255)");
    await page.click("Colours", "button");
    await page.click("Dark", "menuitemradio");
    await page.until(theme, "dark,rgb(21, 24, 30)");
    expect(await page.read("document.querySelector('meta[name=theme-color]').content")).toBe("#15181e");
    await page.reload();
    await page.until(theme, "dark,rgb(21, 24, 30)");
    expect(await page.findViolations()).toEqual([]);
    await page.click("Colours", "button");
    await page.click("As the system", "menuitemradio");
    await page.until(theme, ",rgb(255, 255, 255)");
  });

  test("says that the server cannot be reached, and that it can be again", async () => {
    await page.setOffline(true);
    await page.see("This device is offline.");
    await page.setOffline(false);
    await page.see("Connected again.");
    // Requests that failed meanwhile.
    page.problems();
  });

  test("goes on as far as one scrolls, and marks the chats that are being answered", async () => {
    for (let at = 0; at < 60; at++)
      await askChats(app, "POST", "", { chat_id: `more-${at}`, title: `Number ${at}`, archived: true });
    await page.click("Archived chats", "button");
    await page.until("document.querySelectorAll('.chat-row').length", "50");
    await page.read("document.querySelector('.sidebar-chats').scrollTo(0, 10_000)");
    await page.until("document.querySelectorAll('.chat-row').length", "60");
    await page.click("Back to your chats", "button");
    const question = { messages: [user("And then?")], provider: "Work", model: "m" };
    const run = await app.post({ ...question, chat_id: "tales", resumable: true });
    await page.reload();
    await page.until("document.querySelector('.chat-row-running')?.parentElement.innerText", "Tales\n, answering");
    await app.get(`/backend-api/v2/runs/${run.headers.get("x-run-id")}/cancel`, { method: "POST" });
    await page.until("document.querySelector('.chat-row-running') === null", "true");
  });

  test("is a drawer on a phone, which closes as one goes somewhere", async () => {
    await using phone = await openPage(app, "/#/shares", { width: 360, height: 740 });
    await phone.see("Nothing is shared");
    expect(await phone.scrollsSideways()).toBe(false);
    await phone.click("Chats and pages", "button");
    await phone.until(shownChats, "A trip to Lisbon");
    expect(await phone.findViolations()).toEqual([]);
    await phone.press("Escape");
    await phone.until("document.activeElement.ariaLabel", "Chats and pages");
    await phone.click("Chats and pages", "button");
    await choose("Tales", "Delete", phone);
    await phone.click("Undo", "button");
    await phone.until(shownChats, "Tales");
    await phone.until("document.querySelector('.drawer').contains(document.activeElement)", "true");
    await phone.click("A trip to Lisbon", "link");
    await phone.until("location.hash", "#/chats/trip");
    await phone.until("document.querySelector('.drawer') === null", "true");
    await phone.until("document.getElementById('main').contains(document.activeElement)", "true");
  });
});
