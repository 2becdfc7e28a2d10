import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { makeKey } from "../support/keys.ts";
import { openPage } from "../support/page.ts";

warnWithoutChromium("signing in");

describe.skipIf(!chromium)("signing in, in a real browser", () => {
  let app: TestApp;
  beforeAll(async () => void (app = await openApp({ flags: { access_key: "the-setting-key-0123" } })));
  afterAll(() => app[Symbol.asyncDispose]());

  test("takes a key, says what is wrong with one, and outlives a reload; out again, nothing of a person stays", async () => {
    const { key, headers } = await makeKey(app, "ann");
    const chats = (path: string, init: RequestInit) => app.get(`/backend-api/v2/chats${path}`, { headers, ...init });
    await chats("", { method: "POST", body: JSON.stringify({ chat_id: "secret", title: "Secret" }) });
    await using page = await openPage(app, "/#/usage", { profile: "ann" });
    await page.see("Access key");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("sign-in");
    // It has the focus.
    await page.type("wrong");
    await page.press("Enter");
    await page.see("this is no key of this server");
    await page.fill("Access key", `  ${key} `);
    await page.click("Sign in", "button");
    await page.until("document.querySelector('h1')?.textContent", "Usage");
    await page.reload();
    await page.see("Sign out");
    expect(await page.read("document.cookie + JSON.stringify({ ...localStorage })")).not.toContain(key);
    await page.read("localStorage.setItem('parley-draft', 'x')");
    await page.click("What to do with “Secret”", "button");
    await page.click("Delete", "menuitem");
    await page.see("“Secret” is deleted.");
    await using other = await openPage(app, "/", { profile: "ann" });
    await other.see("Welcome to Parley");
    await other.read("void (window.isOld = true)");
    await page.click("Sign out", "button");
    await page.see("Sign out?");
    await page.keepPicture("sign-out");
    await page.click(".dialog .primary");
    await page.see("Access key");
    expect(await page.read("localStorage.getItem('parley-draft')")).toBe("null");
    await other.until("String(window.isOld)", "undefined");
    await other.see("Access key");
    expect((await chats("/secret", {})).status).toBe(404);
  });

  test("ends in every tab at once, and whoever comes next finds nothing of it in any", async () => {
    const { key } = await makeKey(app, "dan");
    await using one = await openPage(app, "/", { profile: "tabs" });
    await one.see("Access key");
    await one.fill("Access key", key);
    await one.press("Enter");
    await one.see("Sign out");
    await using other = await openPage(app, "/#/models", { profile: "tabs" });
    await other.see("Sign out");
    await one.click("Sign out", "button");
    await one.click(".dialog .primary");
    await one.see("Access key");
    await other.see("Access key");
    await other.until("location.hash === ''", "true");
  });

  test("is asked for where a key ends, and what one wrote stays", async () => {
    const { id, key } = await makeKey(app, "bob");
    await using page = await openPage(app, "/", { key, width: 360, theme: "dark" });
    await page.see("Welcome to Parley");
    await page.read("localStorage.setItem('parley-draft', 'x')");
    await app.services.store.accessKeys.revoke(id, Date.now());
    await page.reload();
    await page.see("Access key");
    await page.keepPicture("sign-in-narrow");
    expect(await page.read("localStorage.getItem('parley-draft')")).toBe("x");
    // Whoever comes next finds nothing of it.
    await page.read("localStorage.setItem('parley-owner', 'bob')");
    const other = await makeKey(app, "cid");
    await page.fill("Access key", other.key);
    await page.read("void (window.isOld = true)");
    await page.press("Enter");
    await page.until(
      "[window.isOld, localStorage['parley-owner'], localStorage['parley-draft'], 'end'].join()",
      ",cid,,end",
    );
    await page.goTo("/docs");
    await page.see("/backend-api/v2/conversation");
    expect(await page.scrollsSideways()).toBe(false);
  });
});
