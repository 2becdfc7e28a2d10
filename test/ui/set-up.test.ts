import { describe, expect, test } from "bun:test";
import { openApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";

warnWithoutChromium("setting up");

describe.skipIf(!chromium)("the first key, in a real browser", () => {
  test("is made with the link that the server printed, shown once, and signs the browser in", async () => {
    await using app = await openApp({ flags: { setup: "true" } });
    const { token } = app.services.setup;
    await using stranger = await openPage(app, "/#/models", { width: 360, theme: "dark" });
    await stranger.see("Not set up yet");
    expect(await stranger.findViolations()).toEqual([]);
    await stranger.keepPicture("set-up-without-link");

    await using page = await openPage(app, `/#setup=${token}`, { profile: "ann" });
    await page.see("Set up Parley");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("set-up");
    // It has the focus.
    await page.type("a/b");
    await page.press("Enter");
    await page.see("name: expected");
    await page.fill("Your name", "ann");
    await page.click("Make the first key", "button");
    await page.see("Your access key");
    const key = await page.read("document.querySelector('input').value");
    expect(key).toMatch(/^pk_[\w-]{43}$/);
    expect(await page.read("location.href + JSON.stringify({ ...localStorage, ...history.state })")).not.toContain(
      token,
    );
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("set-up-key");
    await page.click("Continue", "button");
    await page.see("Welcome to Parley");
    await page.see("Sign out");
    expect(await page.read("document.cookie + JSON.stringify({ ...localStorage })")).not.toContain(key);
    expect((await app.get("/backend-api/v2/log", { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);

    // The link is over, and leads to where everybody signs in.
    await stranger.goTo(`/#setup=${token}`);
    await stranger.reload();
    await stranger.see("Sign in");
    expect(await stranger.read("location.hash")).toBe("");
  });
});
