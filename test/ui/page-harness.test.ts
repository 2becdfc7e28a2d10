import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";

warnWithoutChromium("the harness of the page");

describe.skipIf(!chromium)("the page, in a real browser", () => {
  let app: TestApp;
  beforeAll(async () => void (app = await openApp()));
  afterAll(() => app[Symbol.asyncDispose]());

  test("is found, clicked on and read by what people see", async () => {
    await using page = await openPage(app);
    await page.click("Usage", "link");
    await page.until("location.hash", "#/usage");
    await page.see("Usage");
    expect(await page.findViolations()).toEqual([]);
  });

  test("tells what it does wrong", async () => {
    const page = await openPage(app);
    await page.read("void setTimeout(() => { throw new Error('on purpose') }, 0)");
    await page.read("void (document.body.append(Object.assign(new Image(), { src: 'https://example.com/x.png' })))");
    await page.read(
      "void (document.body.append(Object.assign(document.createElement('style'), { textContent: 'a{}' })))",
    );
    const said: string[] = [];
    for (let tries = 0; said.length < 4 && tries < 100; tries++) {
      said.push(...page.problems());
      await Bun.sleep(20);
    }
    expect(said.join("\n")).toMatch(/uncaught: Error: on purpose/);
    expect(said.join("\n")).toContain("asked for https://example.com/x.png");
    expect(said.join("\n")).toMatch(/security: .*img-src/);
    expect(said.join("\n")).toMatch(/security: .*style-src/);
    await page.close();
  });
});
