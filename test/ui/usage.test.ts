import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dayMs } from "../../src/lib/clock.ts";
import { addUp, toPeriods } from "../../src/ui/usage/periods.ts";
import { toTicks } from "../../src/ui/usage/measure.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";

warnWithoutChromium("the page of usage");

const usage = (date: string, tokens: number) => ({
  date,
  requests: 1,
  prompt_tokens: tokens,
  completion_tokens: 1,
  saved_tokens: 0,
  total_tokens: tokens + 1,
  cost: 0.5,
});

test("days that nobody asked on have a bar as well, and a year has one for each week", () => {
  const days = [usage("2026-01-01", 10), usage("2026-11-28", 20)];
  const week = toPeriods(days, 7, "2026-11-28");
  expect(week.map(({ from, total_tokens }) => [from, total_tokens]).at(-1)).toEqual(["2026-11-28", 21]);
  expect([week.length, week[0]?.from, week[0]?.requests]).toEqual([7, "2026-11-22", 0]);
  const year = toPeriods(days, 365, "2026-11-28");
  expect([year.length, year.at(-1)?.from, year.at(-1)?.to]).toEqual([53, "2026-11-22", "2026-11-28"]);
  expect(addUp(year)).toMatchObject({ requests: 2, prompt_tokens: 30, cost: 1 });
});

test("an axis goes up to a round value that nothing exceeds", () => {
  expect(toTicks(0, true)).toEqual([0, 1]);
  expect(toTicks(3, true)).toEqual([0, 1, 2, 3]);
  expect(toTicks(1234, true)).toEqual([0, 500, 1000, 1500]);
  expect(toTicks(0.03, false).at(-1)).toBeCloseTo(0.03);
});

describe.skipIf(!chromium)("the page of usage, in a real browser", () => {
  let app: TestApp;
  let now = Date.now();
  beforeAll(async () => {
    app = await openApp({ clock: () => now, flags: { budget_tokens: "5000" } });
    const report = async (daysAgo: number, row: object) => {
      now = Date.now() - daysAgo * dayMs;
      await app.get("/backend-api/v2/usage", { method: "POST", body: JSON.stringify(row) });
      now = Date.now();
    };
    for (let day = 0; day < 28; day++)
      await report(day, {
        model: ["small", "large"][day % 2],
        provider: "A",
        user: ["ann", "ben"][day % 2],
        prompt_tokens: 1000 + day * 100,
        completion_tokens: day * 50,
        cost: 0.01,
      });
    await report(60, { model: "old", provider: "B", prompt_tokens: 7, completion_tokens: 3 });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("the chart tells what its table says, day by day, with the arrow keys as with the pointer", async () => {
    await using page = await openPage(app, "/#/usage");
    await page.see("By day");
    const told = "document.querySelector('[role=slider]').ariaValueText";
    await page.until(told, "1,000 tokens in, 0 out");
    await page.read("document.querySelector('[role=slider]').focus()");
    await page.press("ArrowLeft");
    await page.until(told, "1,100 tokens in, 50 out");
    await page.press("Home");
    await page.until(told, "0 tokens in, 0 out");
    await page.press("End");
    await page.click("The same as a table");
    await page.see("Tokens out");
    const rows = "[...document.querySelectorAll('.usage-table tbody tr')].map((row) => row.innerText).join('|')";
    const table = (await page.read(rows)).split("|");
    expect(table.length).toBe(28);
    expect(table[1]).toMatch(/1\t1,100\t50\t0\t\$0\.01$/);
    expect(await page.read("document.querySelectorAll('.usage-bars rect.usage-second').length")).toBe("27");
    await page.click("Cost");
    await page.until(told, "$0.01");
    expect(await page.read("document.querySelectorAll('.usage-bars rect.usage-second').length")).toBe("0");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("usage");
  });

  test("other days are chosen, and stay in the address", async () => {
    await using page = await openPage(app, "/#/usage?days=7");
    const requests = "document.querySelector('.usage-totals dd').innerText";
    await page.until(requests, "7");
    await page.click("Year");
    await page.until(requests, "29");
    await page.until("location.href", "#/usage?days=365");
    await page.until("document.querySelector('[role=slider]').ariaValueMax", "53");
    await page.click("ben", "button");
    await page.see("Of ben alone.");
    await page.until(requests, "14");
    expect(await page.read("document.querySelector('a[download]').getAttribute('href')")).toContain("format=csv&from=");
    const csv = await app.get(await page.read("document.querySelector('a[download]').getAttribute('href')"));
    expect([csv.status, (await csv.text()).trim().split("\n").length]).toEqual([200, 30]);
  });

  test("the page fits a phone, and is dark where that is wanted", async () => {
    await using page = await openPage(app, "/#/usage", { width: 360, height: 780, theme: "dark" });
    await page.see("of 5,000 tokens left today");
    await page.see("By day");
    expect(await page.scrollsSideways()).toBe(false);
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("usage-phone-dark");
  });

  test("where nothing was used the page says so", async () => {
    await using bare = await openApp();
    await using page = await openPage(bare, "/#/usage");
    await page.see("Nothing was asked in these days");
  });
});
