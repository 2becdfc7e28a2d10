import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { askChats, assistant, user } from "../support/chats.ts";
import { openPage, type TestPage } from "../support/page.ts";
import { until } from "../support/until.ts";

warnWithoutChromium("sharing a chat from the page");

describe.skipIf(!chromium)("sharing a chat, in a real browser", () => {
  let app: TestApp;
  let page: TestPage;
  let link = "";
  beforeAll(async () => {
    app = await openApp();
    const messages = [user("Where to?"), assistant("To Lisbon")];
    await askChats(app, "POST", "", { chat_id: "trip", title: "A trip", messages });
    page = await openPage(app, "/#/shares");
  }, 60_000);
  afterAll(async () => {
    await page.close();
    await app[Symbol.asyncDispose]();
  });

  const openDialog = async () => {
    await page.click("What to do with “A trip”", "button");
    await page.click("Share", "menuitem");
  };

  test("begins in the menu of the chat, and gives a link", async () => {
    await page.see("Nothing is shared.");
    await openDialog();
    await page.see("Whoever has the link can read it");
    expect(await page.findViolations()).toEqual([]);
    await page.click("Create the link", "button");
    await page.until("document.querySelector('.share-link input')?.value", "/share/");
    link = new URL(await page.read("document.querySelector('.share-link input').value")).pathname;
    expect(link).toMatch(/^\/share\/[\w-]{24}$/);
    await page.see("The link ends on");
    expect(await page.findViolations()).toEqual([]);
    await page.press("Escape");
    await page.until("document.querySelector('.share-list').innerText", "A trip");
  });

  test("shows it to a browser that knows nothing, and later what was answered since", async () => {
    await using reader = await openPage(app, link);
    await reader.see("To Lisbon");
    // An origin of nobody's: what runs there reads neither cookies nor what the page keeps in the browser.
    expect(await reader.read("window.origin")).toBe("null");
    await page.reload();
    await page.until("document.querySelector('.share-list').innerText", "A trip");
    await askChats(app, "POST", "/trip/messages", { messages: [user("And then?"), assistant("To Porto")] });
    // Any change has the page read its chats anew.
    await page.click("What to do with “A trip”", "button");
    await page.click("Pin", "menuitem");
    await reader.see("To Porto");
  });

  test("keeps the focus where it began", async () => {
    await openDialog();
    await page.until("document.activeElement.ariaLabel", "Link");
    await page.press("Escape");
    await page.until("document.activeElement.ariaLabel", "What to do with “A trip”");
  });

  test("can be for what was said so far alone", async () => {
    await openDialog();
    await page.click("Add new answers while Parley is open", "switch");
    await page.until("document.querySelector('.dialog [role=switch]').ariaChecked", "false");
    const listed = async () => (await (await app.get("/backend-api/v2/chat")).json()).shares;
    while ((await listed())[0].live) await Bun.sleep(20);
    expect(await listed()).toMatchObject([{ chat_id: "trip", live: false, title: "A trip" }]);
    await page.press("Escape");
  });

  test("is over once the chat is deleted", async () => {
    await askChats(app, "POST", "", { chat_id: "other", title: "Another", messages: [user("Hi")] });
    const publish = (id: string, document: object) =>
      app.get(`/backend-api/v2/chat/${id}`, { method: "POST", body: JSON.stringify(document) });
    await publish("older", { title: "Another", chat_id: "other", messages: [] });
    for (let at = 0; at < 200; at++) await publish(`filling-${at}`, {});
    await publish("another", { title: "Another", chat_id: "other", messages: [] });
    await page.reload();
    await page.until("document.querySelector('.share-list')?.innerText", "Another");
    await page.click("What to do with “Another”", "button");
    await page.click("Delete", "menuitem");
    await page.see("“Another” is deleted, and its link taken back.");
    await page.click(".toast [aria-label=Close]");
    await page.until("document.querySelector('.share-list')?.innerText.includes('Another') === false", "true");
    for (const id of ["another", "older"])
      await until(async () => (await app.get(`/backend-api/v2/chat/${id}`)).status === 404);
    for (let at = 0; at < 200; at++) await app.get(`/backend-api/v2/chat/filling-${at}`, { method: "DELETE" });
    await page.reload();
  });

  test("a link that cannot be taken back is told of, and its chat is gone all the same", async () => {
    await askChats(app, "POST", "", { chat_id: "kept", title: "Linked", messages: [user("Hi")] });
    const document = { title: "Linked", chat_id: "kept", messages: [] };
    await app.get("/backend-api/v2/chat/linked", { method: "POST", body: JSON.stringify(document) });
    await page.goTo("/#/chats/kept");
    await page.reload();
    await page.until("document.title", "Linked");
    await page.read(`(() => {
      const { fetch } = window;
      window.fetch = async (address, init) => {
        if (init?.method === "DELETE" && /chat\\/linked/.test(address)) throw new TypeError("On purpose");
        return fetch(address, init);
      };
    })()`);
    await page.click("What to do with “Linked”", "button");
    await page.click("Delete", "menuitem");
    await page.click(".toast [aria-label=Close]");
    await page.see("A link of “Linked” could not be taken back.");
    await page.goTo("/#/chats/kept");
    await page.see("There is no such chat.");
    await app.get("/backend-api/v2/chat/linked", { method: "DELETE" });
    await page.goTo("/#/shares");
    await page.reload();
  });

  test("is taken back in the list of what one shares", async () => {
    expect(await page.findViolations()).toEqual([]);
    await page.click("Take back “A trip”", "button");
    await page.see("Take this link back?");
    await page.click("Take back", "button");
    await page.see("Nothing is shared.");
    await page.until("document.activeElement.id", "main");
    expect((await app.get(`/backend-api/v2/chat/${link.split("/")[2]}`)).status).toBe(404);
  });
});
