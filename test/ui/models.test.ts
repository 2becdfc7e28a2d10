import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { inOrder, search, toEntries, toRows } from "../../src/ui/models/entries.ts";
import { toLayout } from "../../src/ui/models/list-layout.ts";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage, type TestPage } from "../support/page.ts";
import { answer, openaiText, openUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";

warnWithoutChromium("the page of models");

const keys = { server: "canary-server-0123456789-abcd", browser: "canary-browser-0123456789-efgh" };
const many = Array.from({ length: 1500 }, (_, index) => ({ id: `maker${index % 40}/model-${index}` }));

describe("what can be chosen", () => {
  const offer = (provider: string, more: object = {}) => ({
    provider,
    default: false,
    image: false,
    vision: false,
    audio: false,
    video: false,
    tools: true,
    reasoning: false,
    ...more,
  });
  const summary = (name: string, maker: string, ...providers: string[]) => ({
    name,
    label: name,
    image: false,
    vision: false,
    audio: false,
    video: false,
    providers,
    maker,
    offers: providers.map((provider) => offer(provider)),
  });
  const entries = toEntries([summary("claude-x", "Anthropic", "A", "B"), summary("gpt-x", "OpenAI", "B")], [], []);

  test("is each model of each provider, found by all words of its name, its maker or its provider", () => {
    expect(entries.map(({ key }) => key)).toEqual(["auto", "A/claude-x", "B/claude-x", "B/gpt-x"]);
    expect(search(entries, "anthropic b").map(({ key }) => key)).toEqual(["B/claude-x"]);
    expect(search(entries, "  ")).toHaveLength(4);
  });

  test("has the router first, then the favourites, under headings of their own", () => {
    const favourites = ["B/gpt-x", "A/gone"];
    const rows = toRows(inOrder(entries, favourites), favourites);
    expect(rows.map((row) => (row.kind === "heading" ? `# ${row.label}` : row.entry.key))).toEqual([
      "auto",
      "# Favourites",
      "B/gpt-x",
      "# A",
      "A/claude-x",
      "# B",
      "B/claude-x",
    ]);
  });

  test("is laid out without being rendered: of thousands those in sight alone", () => {
    const models = Array.from({ length: 2000 }, (_, index) => summary(`m${index}`, "", "A"));
    const layout = toLayout(toRows(toEntries(models, [], []), []));
    expect(layout.height).toBe(2001 * 50 + 30);
    expect(layout.between(40_000, 40_600).length).toBeLessThan(25);
    expect(layout.placeOf("A/m1999")?.top).toBe(layout.height - 50);
  });
});

describe.skipIf(!chromium)("models and keys, in a real browser", () => {
  let vendor: ScriptedUpstream;
  let large: ScriptedUpstream;
  let app: TestApp;
  beforeAll(async () => {
    vendor = openUpstream(({ path, headers }) => {
      const key = headers.authorization?.replace("Bearer ", "") ?? "";
      if (!Object.values(keys).includes(key)) return answer(401, { error: { message: "Incorrect API key provided" } });
      return path.endsWith("/models") ? answer(200, { data: [{ id: "m" }, { id: "n" }] }) : openaiText("Answered.");
    });
    large = openUpstream(() => answer(200, { data: many }));
    const open = { name: "Work", type: "openai", base_url: vendor.origin };
    app = await openApp({ yaml: Bun.YAML.stringify({ providers: [open, ...largeProviders(large.origin)] }) });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    vendor[Symbol.dispose]();
    large[Symbol.dispose]();
  });

  const keysSince = (count: number) =>
    vendor.requests.slice(count).flatMap(({ headers }) => headers.authorization?.replace("Bearer ", "") ?? []);
  const keptKey = async () => {
    const listed = await (await app.get("/backend-api/v2/provider-keys")).json();
    return listed.find(({ provider }: { provider: string }) => provider === "Work");
  };
  const ask = async (page: TestPage) => {
    await page.read(
      `localStorage.setItem("parley-ask", '{"state":{"choice":{"provider":"Work","model":"m"}},"version":0}')`,
    );
    await page.goTo("/");
    await page.reload();
    await page.see("What can I help with?");
    await page.click("Explain how a heat pump works, in plain words");
    await page.see("Answered.");
  };

  test("a first run without a key says what works now and where messages would go, and an example is answered", async () => {
    await using none = await openApp();
    await using page = await openPage(none);
    await page.see("No language model is set up yet.");
    await page.click("Enter a key");
    await page.until("document.activeElement.labels?.[0]?.innerText ?? ''", "Of which provider?");
    await page.press("Escape");
    await page.until("document.activeElement.innerText ?? ''", "Enter a key");
    await page.click("Look again");
    await page.see("Nothing new yet.");
    await page.click("Use Pollinations…");
    await page.see("Your messages and files then leave this machine. They go to pollinations.ai");
    expect(await page.findViolations()).toEqual([]);
    await page.click("Cancel");
    await page.seeNot("leave this machine");
    expect(await page.read("localStorage.getItem('parley-models')")).not.toContain("Pollinations");
    await page.click("What is 15 % of 80?");
    await page.see("12");
  });

  test("the picker is worked by keyboard alone, with thousands of models, and remembers favourites", async () => {
    await using page = await openPage(app, "/#/models");
    await page.see("1,500 models");
    await page.read("document.querySelector('.models-trigger').focus()");
    await page.press("Enter");
    await page.until("document.activeElement.className", "models-search");
    expect(Number(await page.read("document.querySelectorAll('.models-row').length"))).toBeLessThan(30);
    expect(await page.findViolations()).toEqual([]);
    await page.type("maker19 1499");
    await page.until("document.querySelectorAll('.models-row').length === 1", "true");
    await page.press("Tab");
    expect(await page.focus()).toContain("Favourite");
    await page.press("Space");
    await page.until("localStorage.getItem('parley-models')", "Large/maker19/model-1499");
    await page.press("Escape");
    await page.until("document.activeElement.className", "models-trigger");
    await page.press("Enter");
    await page.until("document.querySelector('.models-heading')?.innerText", "Favourites");
    await page.press("ArrowDown");
    await page.press("Enter");
    await page.until("document.querySelector('.models-trigger').innerText", "maker19/model-1499");
    expect(await page.read("localStorage.getItem('parley-ask')")).toContain(
      '"provider":"Large","model":"maker19/model-1499"',
    );
  });

  test("a key that is refused says so in the vendor's words; a good one is kept on the server, and asked with", async () => {
    await using page = await openPage(app, "/#/models");
    await page.click("Enter a key of Work");
    await page.fill("Key", "a-wrong-key-0123456789");
    await page.click("Test", "button");
    await page.see("Work answered 401: Incorrect API key provided");
    await page.fill("Key", keys.server);
    await page.click("Test", "button");
    await page.see("It works: 2 models");
    expect(await page.findViolations()).toEqual([]);
    await page.click("Save");
    await page.see("ends with abcd");
    expect(await keptKey()).toMatchObject({ source: "server", ends_with: "abcd" });
    expect(await page.read("JSON.stringify({ ...localStorage })")).not.toContain("canary");
    const before = vendor.requests.length;
    await ask(page);
    expect(new Set(keysSince(before))).toEqual(new Set([keys.server]));
    await page.read("void (location.hash = '#/models')");
    await page.click("Remove the server’s key of Work");
    await page.click("Remove the key");
    await page.seeNot("ends with abcd");
    expect(await keptKey()).toMatchObject({ source: null, saved_at: null });
  });

  test("a key of this browser goes along with its questions, and is not kept by the server", async () => {
    await using page = await openPage(app, "/#/models", { width: 360, profile: "keys" });
    await using other = await openPage(app, "/#/models", { profile: "keys" });
    await other.see("Key: none");
    await page.click("Enter a key of Work");
    await page.fill("Key", keys.browser);
    await page.click(".models-key-form .segments label:last-child");
    await page.see("Only this browser keeps it");
    await page.click("Save");
    await page.see("Key: in this browser, for your questions.");
    await other.see("Key: in this browser, for your questions.");
    expect(await page.scrollsSideways()).toBe(false);
    expect(await keptKey()).toMatchObject({ source: null, saved_at: null });
    const before = vendor.requests.length;
    await ask(page);
    expect(keysSince(before)).toContain(keys.browser);
    expect(app.logged.filter((line) => line.includes("canary"))).toEqual([]);
    await page.read("void (location.hash = '#/models')");
    await page.click("Remove this browser’s key of Work");
    await page.see("Key: none");
    await page.click("Undo");
    await page.see("Key: in this browser, for your questions.");
  });
});

function largeProviders(origin: string) {
  const { providers } = Bun.YAML.parse(providerYaml({ name: "Large", origin })) as {
    providers: { models?: unknown }[];
  };
  return providers.map(({ models: _, ...rest }) => rest);
}
