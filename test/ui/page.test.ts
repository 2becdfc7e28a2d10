import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openApp, providerYaml, type TestApp } from "../support/app.ts";
import { chromium, openView, warnWithoutChromium } from "../support/browser.ts";
import { answer, openaiText, openUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";

warnWithoutChromium("the page");

describe.skipIf(!chromium)("the page, in a real browser", () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  beforeAll(async () => {
    upstream = openUpstream((_, count) =>
      count === 1 ? openaiText("<think>", "Hmm", "</think>", "Hello <b>", "you</b>") : answer(401, {}),
    );
    app = await openApp({
      yaml: providerYaml({ name: "Work", origin: upstream.origin, models: ["m"] }),
      flags: { scripted: "true" },
    });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
  });

  async function openPage(width = 1280, height = 800) {
    const { view, read, until } = await openView(`${app.origin}/`, width, height);
    // One provider's models are left out while its key is refused.
    await until("document.querySelectorAll('#model option').length >= 5", "true");
    const ask = (model: string, question: string) =>
      read(`(() => {
        document.getElementById("model").value = ${JSON.stringify(model)};
        document.getElementById("prompt").value = ${JSON.stringify(question)};
        document.getElementById("form").requestSubmit();
      })()`);
    return { view, until, ask, read };
  }

  const chatText = "document.getElementById('chat').innerText";

  test("answers a chat without any key", async () => {
    const { view, until, ask } = await openPage();
    await ask("Builtin\nhelp", "17 * 3");
    await until(chatText, "17 * 3 = 51");
    await until(chatText, "Builtin · help");
    if (process.env.PARLEY_SCREENSHOTS)
      await Bun.write(`${process.env.PARLEY_SCREENSHOTS}/page.png`, await view.screenshot());
    view.close();
  });

  test("shows a model's answer as text, its thinking folded, and a failure with its cure", async () => {
    const { view, until, ask, read } = await openPage(390, 800);
    await ask("Work\nm", "Hi");
    await until(chatText, "Hello <b>you</b>");
    expect(await read("document.querySelector('#chat details div').textContent")).toBe("Hmm");
    expect(await read("document.querySelectorAll('#chat b').length")).toBe("0");
    await until("document.getElementById('send').textContent", "Send");
    await ask("Work\nm", "Again");
    await until(chatText, "set api_key of Work in parley.yaml or send api_key");
    expect(await read("document.documentElement.scrollWidth <= innerWidth")).toBe("true");
    if (process.env.PARLEY_SCREENSHOTS)
      await Bun.write(`${process.env.PARLEY_SCREENSHOTS}/page-narrow.png`, await view.screenshot());
    view.close();
  });

  test("says what it can do now, and asks an example that is clicked", async () => {
    const { view, until, read } = await openPage();
    expect(await read(chatText)).toContain("The router chooses a model");
    if (process.env.PARLEY_SCREENSHOTS)
      await Bun.write(`${process.env.PARLEY_SCREENSHOTS}/page-empty.png`, await view.screenshot());
    await view.evaluate(`document.getElementById("model").value = "Builtin\\nhelp"`);
    await view.evaluate(`document.querySelectorAll(".example")[1].click()`);
    await until(chatText, "OPENAI_API_KEY");
    view.close();
  });

  test("stops an answer", async () => {
    const { view, until, ask } = await openPage();
    await ask("Scripted\necho", "word ".repeat(1000));
    await until("document.getElementById('send').textContent", "Stop");
    await until("document.querySelector('.assistant').textContent", "word word");
    await view.evaluate("document.getElementById('form').requestSubmit()");
    await until(chatText, "Stopped.");
    view.close();
  });
});
