import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";
import { until } from "../support/until.ts";

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
    const expected = [
      /uncaught: Error: on purpose/,
      /asked for https:\/\/example\.com\/x\.png/,
      /security: .*img-src/,
      /security: .*style-src/,
    ];
    const said: string[] = [];
    await until(() => {
      said.push(...page.problems());
      return expected.every((each) => each.test(said.join("\n")));
    });
    await page.close();
  });
});
