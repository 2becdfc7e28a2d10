import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { toFilters } from "../../src/ui/memory/query.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";
import { until } from "../support/until.ts";

warnWithoutChromium("the page of memory");

test("a filter is a condition of whole days, so that the same question is asked again", () => {
  const noon = Date.UTC(2026, 10, 28, 12);
  expect(toFilters({ origin: "all", since: "ever" }, noon)).toBeUndefined();
  expect(toFilters({ origin: "given", since: "week" }, noon)).toBe(
    '{"AND":[{"NOT":[{"metadata":{"source":"extracted"}}]},{"created_at":{"gte":"2026-11-21T00:00:00.000Z"}}]}',
  );
  expect(toFilters({ origin: "extracted", since: "month" }, noon)).toBe(
    toFilters({ origin: "extracted", since: "month" }, noon + 1),
  );
});

describe.skipIf(!chromium)("the page of memory", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const remember = (user: string, memory: string, metadata = {}) =>
    app.get(`/backend-api/v2/memory/${encodeURIComponent(user)}`, {
      method: "POST",
      body: JSON.stringify({ memory, metadata }),
    });
  const remembered = async (user = "local") => {
    const { results } = await (await app.get(`/backend-api/v2/memory/${encodeURIComponent(user)}`)).json();
    return results.map(({ memory }: { memory: string }) => memory);
  };

  test("shows, adds, finds, mends, deletes and takes back what is remembered", async () => {
    await using page = await openPage(app, "/#/memory");
    await page.see("Nothing is remembered yet.");
    await page.keepPicture("memory-empty");
    await page.fill("Remember this", "I cook without meat");
    await page.press("Enter");
    await page.see("1 memory");
    const isEmptied = "document.querySelector('.memory-add input').value === ''";
    await page.until(isEmptied, "true");
    await page.fill("Remember this", "I cook without meat");
    await page.press("Enter");
    await page.until(isEmptied, "true");
    await remember("local", "Has a dog called Rex", { source: "extracted" });
    await remember("local", "Lives in Rome, in a house with a green door", { source: "extracted" });
    await page.reload();
    await page.see("3 memories");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("memory");

    await page.fill("Search memories", "dogs");
    await page.see("1 memory found");
    await page.see("Rex");
    await page.fill("Search memories", "zebra");
    await page.see("No memory fits that.");
    await page.fill("Search memories", " ");
    await page.see("3 memories");
    await page.read(`(() => {
      const select = document.querySelector("select[aria-label='Where they come from']");
      select.value = "given";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    })()`);
    await page.see("1 memory found");
    await page.see("I cook without meat");
    await page.reload();

    await page.click("Edit: Has a dog called Rex");
    await page.press("End", "Control");
    await page.type(", who is old");
    await page.keepPicture("memory-edit");
    await page.press("Enter", "Control");
    await page.see("Has a dog called Rex, who is old");
    await page.until("document.activeElement.ariaLabel", "Edit: Has a dog called Rex, who is old");
    expect(await remembered()).toContain("Has a dog called Rex, who is old");
    await page.press("Enter");
    await page.type("not kept");
    await page.press("Escape");
    await page.until("document.activeElement.ariaLabel", "Edit: Has a dog called Rex, who is old");

    await page.click("Delete: Has a dog called Rex, who is old");
    await page.see("The memory is deleted.");
    await page.see("2 memories");
    await page.until("document.activeElement.ariaLabel", "Delete: I cook without meat");
    await page.click("Undo");
    await page.see("3 memories");
    await page.until("document.activeElement.ariaLabel", "Delete: Has a dog called Rex, who is old");
    expect(await remembered()).toHaveLength(3);
    await page.press("Enter");
    await page.see("2 memories");
    await page.click("Close");
    await page.until("document.querySelectorAll('.toast').length", "0");
    await page.see("2 memories");
    await until(async () => (await remembered()).length === 2);
    expect(await remembered()).toEqual(["Lives in Rome, in a house with a green door", "I cook without meat"]);
  });

  test("shows whose they are, and deletes all once that was said twice, on a phone in the dark", async () => {
    await remember("Ann ü%2f", "Likes tea");
    await remember("Ann ü%2f", "Likes rain");
    await using page = await openPage(app, "/#/memory", { width: 360, height: 740, theme: "dark" });
    await page.see("2 memories");
    await page.until("[...document.querySelectorAll('.memory-user option')].map(({ value }) => value).join()", "Ann");
    await page.read(`(() => {
      const select = document.querySelector(".memory-user select");
      select.value = "Ann ü%2f";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    })()`);
    await page.see("Likes rain");
    expect(await page.scrollsSideways()).toBe(false);
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("memory-phone");
    await page.click("Delete all");
    await page.see("Delete all that is remembered of Ann ü%2f?");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("memory-phone-delete");
    await page.click(".dialog .danger");
    await page.see("Really all of them?");
    await page.until("document.activeElement.innerText", "Keep them");
    await page.click("Yes, delete them for good");
    await page.see("2 memories deleted.");
    expect([await remembered("Ann ü%2f"), (await remembered()).length]).toEqual([[], 2]);
  });
});
