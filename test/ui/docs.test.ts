import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, openView, warnWithoutChromium } from "../support/browser.ts";

warnWithoutChromium("the page of the API");

const key = "test-key-0123456789";

describe.skipIf(!chromium)("the page of the API, in a real browser", () => {
  let app: TestApp;
  beforeAll(async () => void (app = await openApp({ flags: { access_key: key } })));
  afterAll(() => app[Symbol.asyncDispose]());

  /** The page, its key entered: it is open, and what it shows is not. */
  async function openDocs(hash = "", width = 1280, height = 800) {
    const page = await openView(`${app.origin}/docs${hash}`, width, height);
    await page.until("document.getElementById('state')?.textContent ?? document.body.innerText", "access key");
    await page.read(`(() => {
      const key = document.getElementById("key");
      key.value = ${JSON.stringify(key)};
      key.dispatchEvent(new Event("change"));
    })()`);
    await page.until("document.querySelectorAll('main details').length > 100", "true");
    return page;
  }

  async function keepPicture(name: string, view: Bun.WebView) {
    if (process.env.PARLEY_SCREENSHOTS)
      await Bun.write(`${process.env.PARLEY_SCREENSHOTS}/${name}.png`, await view.screenshot());
  }

  test("asks for the key, and shows every route with a call of it, and every event", async () => {
    const { view, read, until } = await openDocs("#route-POST_backend_api_v2_conversation");
    const route = "document.getElementById('route-POST_backend_api_v2_conversation').innerText";
    await until(route, "curl -N");
    expect(await read(route)).toContain('{"messages":[{"role":"user","content":"What is 17 * 3?"}]}');
    expect(await read(route)).toContain("event: finish");
    await keepPicture("docs", view);
    await read("location.hash = '#schema-RunEvent'");
    await until("document.getElementById('schema-RunEvent').innerText", "UsageEvent");
    await read("location.hash = '#schema-ContentEvent'");
    await until("document.getElementById('schema-ContentEvent').innerText", '"type": "content"');
    await read("location.hash = '#route-GET_backend_api_v2_channel'");
    await until("document.getElementById('route-GET_backend_api_v2_channel').innerText", "ChannelFrame");
    await read("document.querySelector('#route-GET_backend_api_v2_channel a[href=\"#schema-ChannelOp\"]').click()");
    await until("document.getElementById('schema-ChannelOp').innerText", "AttachOp");
    await keepPicture("docs-channel", view);
    view.close();
  });

  test("shows calls that do what they are shown for", async () => {
    const { view, read, until } = await openDocs();
    const calls = {
      POST_backend_api_v2_runs_run_id_cancel: "-X POST",
      GET_backend_api_v2_create: "create?prompt=…'",
      GET_backend_api_v2_synthesize_provider_: "?text=…'",
      PATCH_backend_api_v2_chats_chat_id_: "-X PATCH",
    };
    for (const [id, shown] of Object.entries(calls)) {
      await read(`location.hash = '#route-${id}'`);
      await until(`document.querySelector('#route-${id} pre')?.textContent ?? ''`, shown);
    }
    const change = await read("document.querySelector('#route-PATCH_backend_api_v2_chats_chat_id_ pre').textContent");
    expect(change).toContain(`-d '{"title":"…"}'`);
    expect(change).toContain("Bearer $PARLEY_ACCESS_KEY");
    view.close();
  });

  test("opens every entry without a failure, narrow as well, and nothing is drawn over its edge", async () => {
    const { view, read, until } = await openDocs("", 390, 800);
    await read("document.querySelectorAll('main details').forEach((each) => (each.open = true))");
    await until("[...document.querySelectorAll('main details')].every((each) => each.childElementCount >= 2)", "true");
    expect(await read("document.documentElement.scrollWidth <= innerWidth")).toBe("true");
    expect(await read("document.querySelector('main').scrollWidth <= innerWidth")).toBe("true");
    await read("document.querySelectorAll('main details').forEach((each) => (each.open = false))");
    await keepPicture("docs-narrow", view);
    view.close();
  });

  test("finds routes by words", async () => {
    const { view, read, until } = await openDocs();
    await read(`(() => {
      const search = document.getElementById("search");
      search.value = "bucket upload";
      search.dispatchEvent(new Event("input"));
    })()`);
    await until("document.querySelectorAll('main details:not([hidden])').length < 12", "true");
    expect(await read("document.getElementById('contents').innerText")).toContain("/files/{bucket_id}");
    await keepPicture("docs-search", view);
    view.close();
  });
});
