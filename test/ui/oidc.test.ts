import { describe, expect, test } from "bun:test";
import { openApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { clientId, clientSecret, openIssuer } from "../support/issuer.ts";
import { openPage } from "../support/page.ts";

warnWithoutChromium("signing in by an issuer");

describe.skipIf(!chromium)("signing in by an issuer, in a real browser", () => {
  test("leads there and back to where one was, says what went wrong, and leaves nothing of a person to the next", async () => {
    using issuer = await openIssuer();
    await using app = await openApp({
      flags: {
        oidc_issuer: issuer.address,
        oidc_client_id: clientId,
        oidc_client_secret: clientSecret,
        oidc_allowed: "@example.com",
        oidc_name: "Example",
      },
    });
    await using page = await openPage(app, "/#/usage", { profile: "guest" });
    await page.see("Sign in with Example");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("sign-in-oidc");
    issuer.person = { sub: "2", email: "eve@example.org", email_verified: true };
    await page.click("Sign in with Example", "button");
    await page.see("Example knows you, but you may not use this server");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("sign-in-oidc-refused");
    expect(await page.read("location.href")).toBe(`${page.origin}/`);
    issuer.person = { sub: "1", email: "ann@example.com", email_verified: true };
    await page.goTo("/#/usage");
    await page.click("Sign in with Example", "button");
    await page.until("document.querySelector('h1')?.textContent", "Usage");
    await page.see("ann@example.com");
    await page.keepPicture("signed-in-oidc");
    expect(await page.read("location.href")).toBe(`${page.origin}/#/usage`);
    expect(await page.read("document.cookie + JSON.stringify({ ...localStorage })")).not.toContain("parley_s");
    await page.reload();
    await page.see("ann@example.com");
    // Her session is over, and she has not signed out.
    await page.read("localStorage.setItem('parley-draft', 'x')");
    await page.view.cdp("Network.clearBrowserCookies");
    issuer.person = { sub: "3", email: "bob@example.com", email_verified: true };
    await page.reload();
    await page.click("Sign in with Example", "button");
    await page.see("bob@example.com");
    await page.until("String(localStorage.getItem('parley-draft'))", "null");
    const elsewhere = page
      .problems()
      .filter((problem) => !problem.startsWith(`asked for ${issuer.address}/authorize?`));
    expect(elsewhere).toEqual([]);
  });
});
