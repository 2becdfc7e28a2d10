import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";
import { pngOf, toPng } from "../support/pictures.ts";
import { wavOf } from "../support/sound.ts";
import { until } from "../support/until.ts";

warnWithoutChromium("the gallery");

const prompts = ["A red fox in the snow", "A lighthouse at night", "A bowl of lemons, oil on canvas"];

/** A picture of two colours, another for each number. */
function pictureOf(number: number, width = 320, height = 200): Buffer {
  const [red, green, blue] = [(number * 90) % 256, (number * 50 + 60) % 256, (number * 30 + 120) % 256];
  return toPng(width, height, (x, y) => (x + y < width / 2 ? [red, green, blue, 255] : [green, blue, red, 255]));
}

describe.skipIf(!chromium)("the gallery", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openApp();
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const fill = async () => {
    const { store } = app.services.library;
    const about = { owner: "local", model: "flux-1.1-pro", provider: "Work" };
    for (const [number, prompt] of prompts.entries())
      await store.save(pictureOf(number, 320, 200 + 120 * number), { ...about, prompt });
    await store.save(wavOf(1), { ...about, model: "voice", prompt: "Welcome aboard." });
  };

  test("says what will be here, finds, opens, goes on by arrow keys, deletes and takes it back", async () => {
    await using page = await openPage(app, "/#/gallery");
    await page.see("are kept here");
    await page.keepPicture("gallery-empty");
    await fill();
    await page.reload();
    await page.see("4 in all");
    await page.until("[...document.images].filter((each) => each.naturalWidth > 0).length", "3");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("gallery");

    await page.click("Sound", "radio");
    await page.see("1 in all");
    await page.click("All", "radio");
    await page.see("4 in all");
    await page.fill("Search the gallery", "lighthouse");
    await page.see("1 in all");
    await page.fill("Search the gallery", "zebra");
    await page.see("Nothing here fits “zebra”.");
    await page.fill("Search the gallery", " ");
    await page.see("4 in all");

    await page.click("Open the picture: A bowl of lemons, oil on canvas");
    await page.see("2 of 4");
    await page.see("320 × 440 pixels");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("gallery-picture");
    await page.press("ArrowRight");
    await page.see("3 of 4");
    await page.see(prompts[1] ?? "");
    await page.press("ArrowLeft");
    await page.press("ArrowLeft");
    await page.press("ArrowLeft");
    await page.see("Welcome aboard.");
    await page.until("document.querySelector('audio').duration", "1");
    await page.press("ArrowRight");
    await page.press("ArrowRight");
    await page.see("3 of 4");
    await page.press("Escape");
    await page.until("document.activeElement.ariaLabel", `Open the picture: ${prompts[1]}`);

    await page.press("Enter");
    await page.click("Delete");
    await page.see("The picture is deleted.");
    await page.see("3 of 3");
    await page.see(prompts[0] ?? "");
    await page.click("Undo");
    await page.see("3 of 4");
    await page.click("Delete");
    await page.press("Escape");
    await page.see("3 in all");
    // Whoever leaves is taken at their word.
    await page.goTo("/docs");
    const { media } = app.services.store;
    await until(async () => (await media.search("local", { terms: ["lighthouse"], skip: 0, limit: 1 })).total === 0);
    await page.goTo("/#/gallery");
    await page.see("3 in all");
  });

  test("fits a phone, in the dark too", async () => {
    await using page = await openPage(app, "/#/gallery", { width: 360, height: 740, theme: "dark" });
    await page.see("3 in all");
    await page.until("[...document.images].filter((each) => each.naturalWidth > 0).length", "2");
    expect(await page.scrollsSideways()).toBe(false);
    await page.keepPicture("gallery-phone");
    await page.click("Open the picture: A bowl of lemons, oil on canvas");
    await page.see("Use its prompt again");
    expect(await page.scrollsSideways()).toBe(false);
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("gallery-phone-picture");
    await page.click("Use its prompt again");
    await page.until("location.hash", "#/");
    await page.until("localStorage.getItem('parley-draft:new')", "bowl of lemons");
  });

  test("goes on as one comes to its end, and tells in words what cannot be loaded", async () => {
    const { library, store } = app.services;
    const about = { owner: "local", model: "m", prompt: "One of many" };
    const [first] = await Promise.all(
      Array.from({ length: 60 }, (_, number) => library.store.save(pngOf(number), about)),
    );
    await store.blobs.remove(first?.hash ?? "");
    await using page = await openPage(app, "/#/gallery");
    await page.see("63 in all");
    const tiles = "document.querySelectorAll('.gallery-tile').length";
    expect(await page.read(tiles)).toBe("48");
    await page.read("document.querySelector('main .more').scrollIntoView()");
    await page.until(tiles, "63");
    await page.until("document.querySelectorAll('.gallery-told').length", "2");
    expect(page.problems().every((each) => each.includes("404"))).toBe(true);
  });
});
