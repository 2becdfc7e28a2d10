import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { SettingInfo } from "../../src/protocol/settings.ts";
import { toFound, toShown, toSource, toWays } from "../../src/ui/settings/words.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { makeKey } from "../support/keys.ts";
import { openPage } from "../support/page.ts";

warnWithoutChromium("the page of settings");

const port: SettingInfo = {
  name: "port",
  description: "Port to listen on",
  value: 8000,
  default: 7337,
  is_set: null,
  source: "file",
  origin: "/etc/parley.yaml",
  line: 3,
  variables: ["PARLEY_PORT"],
  flag: "--port",
};
const size: SettingInfo = {
  ...port,
  name: "max_body",
  description: "Largest JSON body, in bytes",
  value: 8 * 1024 * 1024,
  source: "default",
  origin: "default",
};
const secret: SettingInfo = { ...size, name: "access_key", description: "A key", value: null, is_set: true };

test("a setting is told for people: sizes as sizes, secrets as set", () => {
  expect([port, size, secret].map(toShown)).toEqual(["8000", "8388608 (8 MiB)", "set"]);
  expect([port, size].map(toSource)).toEqual(["/etc/parley.yaml, line 3", "default"]);
  expect(toWays(port).map(({ code }) => code)).toEqual(["port: 8000", "PARLEY_PORT=8000", "--port 8000"]);
  expect(toWays({ ...port, value: ["a b", "c"] }).map(({ code }) => code)).toEqual([
    'port: ["a b","c"]',
    "PARLEY_PORT='a b,c'",
    "--port 'a b,c'",
  ]);
});

test("settings are found by words of name, sentence and value; those that were changed come first", () => {
  const all = [size, secret, port];
  expect(toFound(all, "all", "").map(({ name }) => name)).toEqual(["port", "max_body", "access_key"]);
  expect(toFound(all, "all", "MAX body")).toEqual([size]);
  expect(toFound(all, "changed", "body")).toEqual([]);
});

describe.skipIf(!chromium)("the page of settings, in a real browser", () => {
  const accessKey = "canary-0123456789-0123456789";
  let app: TestApp;
  beforeAll(async () => {
    app = await openApp({
      yaml: "max_runs: 7\nproviders:\n  - { name: Own, type: openai, base_url: http://127.0.0.1:9/v1, api_key: canary-1 }\n",
      environment: { PARLEY_LOG_LEVEL: "warn", PARLEY_PROT: "1" },
      flags: { access_key: accessKey },
    });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("an admin reads every setting, where it comes from and how to change it, and no secret", async () => {
    await using page = await openPage(app, "/#/settings", { key: accessKey });
    await page.see("Settings of the server");
    await page.see("parley.yaml, line 1");
    await page.see("there is no such setting; did you mean PARLEY_PORT?");
    await page.keepPicture("settings");
    expect(await page.findViolations()).toEqual([]);
    const list = "document.querySelector('.settings-list').innerText";
    await page.fill("Search settings", "log level");
    await page.until(`${list}.includes('max_runs')`, "false");
    await page.until(list, "PARLEY_LOG_LEVEL");
    await page.click(".settings-list summary");
    await page.until(list, "--log-level warn");
    await page.fill("Search settings", "no such thing");
    await page.see("No setting is like that.");
    await page.fill("Search settings", "access_key");
    await page.until(list, "--access-key");
    expect(await page.read("document.documentElement.outerHTML.includes('canary')")).toBe("false");
  });

  test("a user is told that settings are for admins, and clears what the browser keeps", async () => {
    const { key } = await makeKey(app, "ann");
    await using page = await openPage(app, "/#/settings", { key, width: 360, height: 780, theme: "dark" });
    await page.see("What the server is set to is shown to admins.");
    expect(await page.scrollsSideways()).toBe(false);
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("settings-phone-dark");
    await page.click("Light");
    await page.until("document.documentElement.dataset.theme", "light");
    await page.read("localStorage.setItem('parley-ask', '{}')");
    await page.click("Clear what this browser keeps");
    await page.click("Clear it");
    await page.until("String(localStorage.getItem('parley-ask'))", "null");
  });

  test("a phone shows all of it without scrolling sideways", async () => {
    await using page = await openPage(app, "/#/settings", { key: accessKey, width: 360, height: 780 });
    await page.see("parley.yaml, line 1");
    await page.read("document.querySelector('.settings-list details').open = true");
    expect(await page.scrollsSideways()).toBe(false);
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("settings-phone");
  });
});
