import { describe, expect, test } from "bun:test";
import { mergeKept } from "../../src/ui/state/kept.ts";
import { openApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";

warnWithoutChromium("what a browser kept");

describe("what a browser kept", () => {
  const initial = { names: ["a"], byName: {}, search: false as boolean | "auto", rival: undefined, size: 1 };

  test("by another version is left out", () => {
    for (const kept of [null, 5, "x", [], { names: null, byName: [], search: {}, rival: null, size: [] }])
      expect(mergeKept(kept, initial)).toEqual(initial);
  });

  test("is taken where it is of the same kind", () => {
    const kept = { names: [], byName: { x: 1 }, search: "auto", rival: { model: "m" }, size: 2 };
    expect<object>(mergeKept(kept, initial)).toEqual(kept);
  });

  test.skipIf(!chromium)("is not looked for in what each object has: a chat may be called so", async () => {
    await using app = await openApp();
    await app.get("/backend-api/v2/chats", { method: "POST", body: JSON.stringify({ chat_id: "constructor" }) });
    await using page = await openPage(app, "/#/chats/constructor");
    await page.until("document.querySelector('textarea') !== null", "true");
    await page.seeNot("This page cannot be shown");
  });

  test.skipIf(!chromium)("and cannot be shown leaves ways out of it", async () => {
    await using app = await openApp();
    await using page = await openPage(app);
    await page.see("Welcome to Parley");
    const kept = JSON.stringify({ state: { choice: { provider: {}, model: {} } }, version: 0 });
    await page.read(`localStorage.setItem("parley-ask", ${JSON.stringify(kept)})`);
    await page.reload();
    await page.see("This page cannot be shown");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("broken");
    await page.click("Delete drafts, choices and keys kept in this browser");
    await page.see("Welcome to Parley");
  });
});
