import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { pages } from "../../src/ui/shell/pages.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openApp } from "../support/app.ts";
import { type LivedIn, openLivedIn } from "../support/lived-in.ts";
import { openPage, type TestPage } from "../support/page.ts";
import { warnOfMissing } from "../support/installed.ts";
import { compareWithReference, hasSameLetters } from "../support/reference.ts";

warnWithoutChromium("every page");

const widths = [1280, 390];

/** They have the same in each width, and axe takes seconds to read it. */
const long = new Set(["docs", "settings"]);

/** By the names of their pictures. */
const shown: readonly (readonly [name: string, path: string])[] = [
  ["new-chat", "/#/"],
  ["chat", "/#/chats/branches"],
  ...pages.map(({ path }) => [path.slice(1), `/#${path}`] as const),
  ["docs", "/docs"],
  ["share", "/share/a-shared-chat"],
];

describe.skipIf(!chromium)("every page, in a real browser", () => {
  let house: LivedIn;
  let page: TestPage;
  let isComparable = true;
  beforeAll(async () => {
    house = await openLivedIn();
    page = await openPage(house.app, "/", { now: house.now });
    isComparable = (await page.read(hasSameLetters)) === "true";
    if (!isComparable)
      warnOfMissing("how pages look: the references have other letters (Debian: fonts-noto-core, fonts-dejavu-core)");
  });
  afterAll(async () => {
    await page.close();
    await house[Symbol.asyncDispose]();
  });

  for (const [name, path] of shown)
    test(`can be read by anybody, and looks as it was looked at: ${name}`, async () => {
      await page.goTo(path);
      expect(await findFaults(page, name, isComparable)).toEqual([]);
    });

  test("can be read by anybody, and looks as it was looked at: sign-in", async () => {
    await using app = await openApp({ flags: { access_key: "the-setting-key-0123" } });
    await using closed = await openPage(app);
    await closed.see("Access key");
    expect(await findFaults(closed, "sign-in", isComparable)).toEqual([]);
  });
});

/** What is wrong with the page that is shown, wide and narrow, light and dark. */
async function findFaults(page: TestPage, name: string, isComparable: boolean): Promise<string[]> {
  const faults: (string | undefined)[] = [];
  for (const width of widths) {
    await page.resize(width);
    await page.settle();
    // The caret blinks.
    await page.read("document.activeElement?.blur()");
    const picture = await page.keepPicture(`${name}-${width}`);
    if (isComparable) faults.push(await compareWithReference(`${name}-${width}`, picture));
    if (!long.has(name) || width === widths[0])
      faults.push(...(await page.findViolations()).map((each) => `${name}, ${width} px: ${each}`));
    if (await page.scrollsSideways()) faults.push(`${name}, ${width} px: scrolls sideways`);
  }
  await page.setTheme("dark");
  await page.settle();
  await page.keepPicture(`${name}-dark`);
  faults.push(...(await page.findViolations("color-contrast")).map((each) => `${name}, dark: ${each}`));
  await page.setTheme("light");
  faults.push(...page.problems().map((each) => `${name}: ${each}`));
  return faults.filter((each) => each !== undefined);
}
