import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";
import { toPng } from "../support/pictures.ts";
import { until } from "../support/until.ts";

warnWithoutChromium("the page of files");

describe.skipIf(!chromium)("the page of files", () => {
  let app: TestApp;
  let folder: string;
  beforeAll(async () => {
    app = await openApp();
    folder = mkdtempSync(join(tmpdir(), "parley-files-page-"));
    await Bun.write(join(folder, "minutes.md"), "# Minutes\n\nThe meeting is on Friday.\n");
    await Bun.write(join(folder, "long.txt"), "A line of many, with an ü in it.\n".repeat(4000) + "The very end.");
    await Bun.write(
      join(folder, "map.png"),
      toPng(64, 48, (x, y) => [x * 4, y * 5, 120, 255]),
    );
    await Bun.write(join(folder, "broken.bin"), new Uint8Array([0, 1, 2, 3, 255, 254, 0, 9]));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await app[Symbol.asyncDispose]();
  });
  const pathOf = (name: string) => join(folder, name);

  test("says what will be here, takes files, shows them and their text, and gives one back that was deleted", async () => {
    await using page = await openPage(app, "/#/files");
    await page.see("is kept on this page");
    await page.keepPicture("files-empty");
    await page.attach([pathOf("minutes.md"), pathOf("map.png"), pathOf("broken.bin")]);
    await page.see("Kept, but for:");
    await page.see("broken.bin");
    await page.see("1 document, 1 media file");
    await page.click("Dismiss what is said of minutes.md and 2 more");
    await page.seeNot("Kept, but for:");
    await page.attach([pathOf("long.txt")]);
    await page.see("133 KiB of text read");

    await page.click(".files-buckets > li:first-child [aria-expanded]");
    await page.click("Read long.txt");
    await page.see("A line of many");
    const length = "document.querySelector('pre').textContent.length";
    const first = await page.read(length);
    await page.click("Show more of 133 KiB");
    await page.until(`${length} > ${first}`, "true");
    await page.click("Show more of 133 KiB");
    await page.until("document.querySelector('pre').textContent", "The very end.");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("files-text");
    await page.press("Escape");
    await page.until("document.activeElement.ariaLabel", "Read long.txt");

    await page.click(".files-buckets > li:nth-child(2) [aria-expanded]");
    await page.see("picture · 64 × 48");
    await page.attach([pathOf("long.txt")], ".files-buckets > li:nth-child(2) input[type='file']");
    await page.see("2 documents, 1 media file");
    await page.until("[...document.images].filter((each) => each.naturalWidth > 0).length", "1");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("files");

    await page.click("Delete long.txt");
    await page.see("“long.txt” is deleted.");
    await page.until("document.activeElement.innerText", "minutes.md and 2 more");
    await page.click("Undo");
    await page.until("document.activeElement.innerText", "long.txt");
    await page.click("Delete long.txt");
    await page.see("is deleted.");
    // Whoever leaves is taken at their word.
    await page.goTo("/docs");
    const kept = async () => (await (await app.get("/backend-api/v2/files")).json()).buckets;
    await until(async () => (await kept()).length === 1);
    expect(await kept()).toMatchObject([{ documents: 2 }]);
    await page.goTo("/#/files");
    await page.see("minutes.md and 2 more");
  });

  test("takes what is dropped, and hands a bucket over to the next chat, on a phone in the dark", async () => {
    await using page = await openPage(app, "/#/files", { width: 360, height: 740, theme: "dark" });
    await page.see("minutes.md and 2 more");
    const drop = (type: string) =>
      page.read(`(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["dropped words"], "dropped.txt", { type: "text/plain" }));
        document.dispatchEvent(new DragEvent("${type}", { dataTransfer, cancelable: true }));
      })()`);
    await drop("dragover");
    await page.see("Drop files to keep them here");
    await drop("drop");
    await page.see("dropped.txt");
    await page.see("13 bytes of text read");
    await page.click(".files-buckets > li:nth-child(2) [aria-expanded]");
    await page.see("picture · 64 × 48");
    expect(await page.scrollsSideways()).toBe(false);
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("files-phone");
    await page.click("Ask about it: minutes.md and 2 more");
    await page.until("location.hash === '#/'", "true");
    await page.until("localStorage.getItem('parley-draft:new')", "map.png");
    const draft = JSON.parse(await page.read("localStorage.getItem('parley-draft:new')"));
    expect(draft.attachments).toMatchObject([
      { documents: ["minutes.md", "long.txt"], media: [{ name: "map.png" }], isKept: true },
    ]);
    await page.click("Remove minutes.md and 2 more");
    await page.goTo("/#/files");
    await page.see("minutes.md and 2 more");
    expect((await (await app.get("/backend-api/v2/files")).json()).buckets).toHaveLength(2);
  });
});
