import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { hostileOutputs } from "../support/hostile-outputs.ts";
import { openPage, type TestPage } from "../support/page.ts";

warnWithoutChromium("what hostile answers do to the page");

const attack = "window.attacked=1";
/** Of many small ones at once: each of the bombs is alone. */
const perPage = { small: 24, bombs: 1 };

describe.skipIf(!chromium)("two hundred hostile outputs, in a real browser", () => {
  let app: TestApp;
  let page: TestPage;
  let asked = 0;
  const spy = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(String(++asked)) });
  const outputs = hostileOutputs(attack, `http://127.0.0.1:${spy.port}`);

  beforeAll(async () => {
    app = await openApp();
    await share([{ role: "assistant", content: "beginning" }]);
    page = await openPage(app, "/share/hostile", { width: 390 });
    await page.see("beginning");
    await page.read(`void (window.violations = 0,
      document.addEventListener("securitypolicyviolation", () => violations++))`);
  });
  afterAll(async () => {
    await page?.close();
    await app[Symbol.asyncDispose]();
    await spy.stop(true);
  });

  let version = 0;
  const share = (items: readonly object[]) =>
    app.get("/backend-api/v2/chat/hostile", {
      method: "POST",
      body: JSON.stringify({ title: `shared ${++version}`, items, updated: version }),
    });

  async function show(contents: readonly string[]): Promise<void> {
    const reasoning = "thoughts";
    await share(contents.map((content) => ({ role: "assistant", content, reasoning })));
    // The page asks at once what is new, as it does when somebody comes back to it.
    await page.read("void document.dispatchEvent(new Event('visibilitychange'))");
    await page.until("document.title", `shared ${version}`);
  }

  /** How long it takes until a click is answered on the screen, in milliseconds. */
  const click = `new Promise((done) => {
    const begun = performance.now();
    const fold = document.querySelector("summary");
    const before = fold.parentElement.open;
    fold.click();
    requestAnimationFrame(() => requestAnimationFrame(() =>
      done(fold.parentElement.open === before ? Infinity : performance.now() - begun)));
  })`;
  const harm = `JSON.stringify({
    attacked: typeof window.attacked,
    violations,
    active: document.querySelectorAll("main :is(script, iframe, object, embed, base, meta, link, form, style, template, noscript, plaintext, frame, dialog, [style*=position], [style*=url])").length,
    svg: document.querySelectorAll("main svg:not(.lucide)").length,
    handlers: [...document.querySelectorAll("main *")].filter((each) => each.getAttributeNames().some((name) => name.startsWith("on"))).length,
    addresses: [...document.querySelectorAll("main :is([href], [src])")].map((each) => each.href || each.src)
      .filter((address) => !/^(https?:|mailto:)/.test(address)).filter((address) => !address.startsWith("data:image/")),
    own: [...document.querySelectorAll("main a[href]")].map(({ href }) => href).filter((address) => address.startsWith(location.origin + "/backend-api")),
    sideways: Math.max(0, document.documentElement.scrollWidth - innerWidth),
  })`;
  const none = {
    attacked: "undefined",
    violations: 0,
    active: 0,
    svg: 0,
    handlers: 0,
    addresses: [],
    own: [],
    sideways: 0,
  };

  test("are two hundred and more", () => {
    expect(Object.values(outputs).flat().length).toBeGreaterThanOrEqual(200);
  });

  for (const [group, contents] of Object.entries(outputs))
    test(`${group}: nothing of them runs, nobody else is asked, and the page stays usable`, async () => {
      const size = group === "bombs" ? perPage.bombs : perPage.small;
      for (let at = 0; at < contents.length; at += size) {
        const some = contents.slice(at, at + size);
        await show(some);
        const shown = { of: some.length === 1 ? some[0]?.slice(0, 40) : group };
        const took = Number(await page.read(click));
        expect({ ...shown, answers: took < 1000 ? "at once" : took }).toEqual({ ...shown, answers: "at once" });
        await page.read(
          "void [...document.querySelectorAll('main button, main a')].forEach((each) => each.dispatchEvent(new MouseEvent('mouseover', { bubbles: true })))",
        );
        expect({ ...shown, ...JSON.parse(await page.read(harm)) }).toEqual({ ...shown, ...none });
      }
      expect(asked).toBe(0);
    }, 60_000);
});
