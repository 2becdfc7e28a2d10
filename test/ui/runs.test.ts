import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { toFacts, toState } from "../../src/ui/runs/facts.ts";
import { tellDecision } from "../../src/ui/runs/words.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { openPage } from "../support/page.ts";
import { openRouted } from "../support/routed.ts";
import { answer, chunked, openaiText, type Script } from "../support/scripted-upstream.ts";

warnWithoutChromium("the page of answers");

test("what the router decided is told in sentences", () => {
  const candidate = { provider: "A", model: "m", first_token_timeout_ms: null };
  const decision = { asked: "smart", route: "smart", strategy: "cheapest" as const, hedge_after_ms: 2000 };
  expect(tellDecision({ ...decision, candidates: [candidate, candidate], considered: [] })).toBe(
    "smart was asked for. The route smart of the settings was taken. 2 could answer, and are tried the cheapest first. " +
      "After 2.0 s without a token a second one is asked beside the first.",
  );
});

test("an answer of which only the trace is left tells its end, its tokens and its cost", () => {
  const trace = {
    run_id: "run_1",
    created_at: "2026-11-28T08:00:00.000Z",
    decision: {
      asked: null,
      route: null,
      strategy: "order" as const,
      hedge_after_ms: null,
      candidates: [],
      considered: [],
    },
    attempts: [],
    end: {
      reason: "length" as const,
      ended_ms: 1500,
      usage: { prompt_tokens: 1200, completion_tokens: 3, total_tokens: 1203 },
      cost: 0.5,
    },
  };
  const known = { run: undefined, trace };
  expect(toState(known)).toBe("finished");
  expect(Object.fromEntries(toFacts(known, Date.parse("2026-11-28T09:00:00Z")))).toMatchObject({
    End: "It reached its greatest length",
    Took: "1.5 s",
    "Tokens in": "1,200",
    Cost: "$0.50",
  });
});

describe.skipIf(!chromium)("the page of answers, in a real browser", () => {
  const down: Script = () => answer(500, { error: { message: "oops <b>" } });
  const usual: Script = (request) => {
    if (!request.body.includes("wait for ever")) return openaiText("Hello");
    return chunked([
      `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta: { content: "Well" } }] })}\n\n`,
    ]);
  };
  let routed: Awaited<ReturnType<typeof openRouted>>;
  let app: (typeof routed)["app"];
  beforeAll(async () => {
    const providers = [undefined, undefined, { enabled: true, models: ["other"] }];
    const settings = { prices: [{ model: "m", provider: "B", input: 1000, output: 2000 }] };
    routed = await openRouted([down, usual, usual], { providers, settings });
    app = routed.app;
  });
  afterAll(() => routed[Symbol.asyncDispose]());

  async function ask(content: string): Promise<string> {
    const response = await app.post({ messages: [{ role: "user", content }], model: "m", resumable: true });
    if (!content.includes("ever")) await response.text();
    return response.headers.get("x-run-id") ?? "";
  }

  test("an answer that fell back shows who was asked, what became of each, and what it cost", async () => {
    const runId = await ask("Hi");
    await using page = await openPage(app, "/#/runs");
    await page.see("Finished");
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("runs");
    await page.click("m", "link");
    await page.until("location.hash", `#/runs?run=${runId}`);
    await page.see("Who was asked");
    const attempts = "[...document.querySelectorAll('.runs-attempts > li')].map((each) => each.innerText).join('|')";
    const [first, second] = (await page.read(attempts)).split("|");
    expect(first).toMatch(/A · m\s+Failed\s+Asked .*\s+.*A answered 500: oops <b>/);
    expect(second).toMatch(/B · m\s+Answered\s+Asked after/);
    await page.see("m was asked for. 2 could answer, and are tried in the order of the settings.");
    await page.see("$1000 in and $2000 out for a million tokens");
    expect(await page.read("document.querySelector('.runs-facts').innerText")).toMatch(/Cost\s+\$0\.0\d+/);
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("run");
    // Should A have been left alone for long enough by then, it fails once more.
    await ask("Hi again");
    await page.read(`location.hash = "#/runs?run=${await ask("Hi again")}"`);
    await page.see("Left out (1)");
    await page.see("cooling for");
  });

  test("one that runs is followed, and cancelled", async () => {
    const runId = await ask("wait for ever");
    await using page = await openPage(app, `/#/runs?run=${runId}`, { width: 360, height: 780, theme: "dark" });
    await page.see("So far");
    await page.keepPicture("run-phone-dark");
    await page.click("All answers");
    await page.see("Running");
    await page.click("Cancel", "button");
    await page.see("The answer was cancelled.");
    await page.until("document.querySelector('.runs-list').innerText", "Cancelled");
    expect(await page.read("document.activeElement.id")).toBe("main");
    expect(await page.scrollsSideways()).toBe(false);
    expect(await page.findViolations()).toEqual([]);
    await page.keepPicture("runs-phone-dark");
  });

  test("one that there is not is said to be gone", async () => {
    await using page = await openPage(app, "/#/runs?run=run_0123456789abcdef");
    await page.see("Of this one nothing is left, or it is not yours.");
    expect(await page.findViolations()).toEqual([]);
  });

  test("one that nobody can read on any more still shows how it came about", async () => {
    const response = await app.post({ messages: [{ role: "user", content: "Once" }], model: "m" });
    await response.text();
    await using page = await openPage(app, `/#/runs?run=${response.headers.get("x-run-id")}`);
    await page.see("The model was done");
    await page.see("Who was asked");
  });
});
