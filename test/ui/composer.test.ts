import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wavHeader, withWavSizes } from "../../src/lib/wav.ts";
import { openApp, type TestApp } from "../support/app.ts";
import { chromium, warnWithoutChromium } from "../support/browser.ts";
import { askChats, user } from "../support/chats.ts";
import { openPage, type TestPage } from "../support/page.ts";
import { toPng } from "../support/pictures.ts";
import { answer, openaiText, openUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";

warnWithoutChromium("where one writes");

const models = answer(200, { data: [{ id: "gpt-4o" }, { id: "whisper-1" }, { id: "tts-1" }, { id: "gpt-3.5-turbo" }] });
/** Three seconds of silence: long enough that nobody misses how it is read aloud. */
const wav = withWavSizes(new Uint8Array([...wavHeader(8000, 1), ...new Uint8Array(48_000)]));
const sound = [`HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\ncontent-length: ${wav.byteLength}\r\n\r\n`, wav];
const body = "textarea[aria-label=Message]";

describe.skipIf(!chromium)("where one writes, in a real browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-composer-"));
  const report = join(folder, "report.md");
  let upstream: ScriptedUpstream;
  let app: TestApp;
  beforeAll(async () => {
    await Bun.write(report, "# Report\n\nThe secret word is marzipan.\n");
    upstream = openUpstream(({ path, body }) => {
      if (path.endsWith("/models")) return models;
      if (path.endsWith("/transcriptions")) return answer(200, { text: "out loud" });
      if (path.endsWith("/speech")) return sound;
      return openaiText(body.includes("marzipan") ? "It says: marzipan." : "I was given nothing.");
    });
    const provider = { name: "Work", type: "openai", base_url: `${upstream.origin}/v1`, api_key: "test-key-0123" };
    app = await openApp({ yaml: Bun.YAML.stringify({ providers: [{ ...provider, default_model: "gpt-4o" }] }) });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    upstream[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  /** What the vendor was asked last. */
  const asked = () => JSON.parse(upstream.requests.findLast(({ path }) => path.endsWith("/completions"))?.body ?? "{}");

  test("a file that is attached by the button is asked about, and its words come back", async () => {
    await using page = await openPage(app);
    await page.attach([report]);
    await page.see("of text read");
    await page.fill("Message", "What is the secret word?");
    await page.press("Enter");
    await page.see("It says: marzipan.");
    expect(await page.read(`document.querySelector(${JSON.stringify(body)}).value`)).toBe("");
    await page.until("document.querySelector('.composer-sent')?.innerText ?? ''", "report.md");
    expect(await page.findViolations()).toEqual([]);
  });

  test("files are pasted, and dropped anywhere; what cannot be read says why, and is removed", async () => {
    await using page = await openPage(app);
    await page.click("Message");
    await page.read(`(() => {
      const files = new DataTransfer();
      files.items.add(new File(["pasted words"], "pasted.txt", { type: "text/plain" }));
      document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true }),
      );
    })()`);
    await page.see("12 bytes of text read");
    const drag = (type: string) =>
      page.read(`(() => {
        const files = new DataTransfer();
        files.items.add(new File([new Uint8Array([0, 1, 2, 254, 255, 0, 3])], "junk.bin"));
        document.body.dispatchEvent(new DragEvent("${type}", { dataTransfer: files, bubbles: true, cancelable: true }));
      })()`);
    await drag("dragenter");
    await page.see("Drop files to attach them");
    await drag("drop");
    await page.seeNot("Drop files to attach them");
    await page.until("document.querySelector('.composer-attachment.failed')?.innerText ?? ''", "junk.bin");
    expect(await page.read("document.querySelector('.composer-attachment.failed [role=alert]').innerText")).toMatch(
      /^[A-Z].*\.$/,
    );
    await page.click("Remove junk.bin");
    await page.seeNot("junk.bin");
    expect(await page.focus()).toBe("Message");
    await page.click("Remove pasted.txt");
    await page.seeNot("pasted.txt");
    await page.setOffline(true);
    await page.attach([report]);
    await page.see("The server cannot be reached.");
    await page.setOffline(false);
    await page.click("Try again");
    await page.see("of text read");
    // What failed meanwhile.
    page.problems();
  });

  test("a draft outlives a reload with its files, shows in another tab, and is gone once it is sent", async () => {
    await using page = await openPage(app, "/", { profile: "drafts" });
    await page.attach([report]);
    await page.see("of text read");
    await page.fill("Message", "Half a thought");
    await page.reload();
    await page.until(valueOf, "Half a thought");
    await page.see("report.md");
    await using other = await openPage(app, "/", { profile: "drafts" });
    await other.until(valueOf, "Half a thought");
    await page.click("Message");
    await page.press("End");
    await page.type(", and the other");
    await other.until(valueOf, "Half a thought, and the other");
    await page.press("Enter");
    await page.see("It says: marzipan.");
    await other.until(`${valueOf} === ''`, "true");
    await other.seeNot("report.md");
  });

  test("Shift and Enter begin a line, and Enter within an input method does not send", async () => {
    await using page = await openPage(app);
    await page.fill("Message", "one");
    await page.press("Enter", "Shift");
    await page.type("two");
    await page.read(`document.querySelector(${JSON.stringify(body)}).dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }))`);
    expect(await page.read(valueOf)).toBe("one\ntwo");
    await page.press("Enter");
    await page.see("I was given nothing.");
    expect(asked().messages.at(-1).content).toBe("one\ntwo");
  });

  test("the system prompt, parameters, the web search and the memory reach the request, and are set back", async () => {
    await using page = await openPage(app);
    await recordFrames(page);
    await page.click("System prompt and parameters");
    await page.fill("System prompt", "Be brief.");
    await page.fill("Temperature", "0.3");
    await page.fill("Longest answer, in tokens", "55");
    await page.fill("Seed", "many");
    await page.see("A whole number.");
    await page.fill("Stop at", "END");
    expect(await page.findViolations()).toEqual([]);
    await page.press("Escape");
    await page.click("Web search: off");
    await page.click("As needed", "menuitemradio");
    await page.click("Use memory");
    await page.fill("Message", "Hello");
    await page.press("Enter");
    await page.see("I was given nothing.");
    const { messages, temperature, stop } = asked();
    expect([messages[0], temperature, stop]).toEqual([{ role: "system", content: "Be brief." }, 0.3, ["END"]]);
    expect(JSON.stringify(asked())).toContain(":55");
    const sent = await page.read("window.sent.join('\\n')");
    expect(sent).toContain('"web_search":"auto"');
    expect(sent).toContain('"memory":true');
    await page.click("System prompt and parameters: 4 set");
    await page.click("All back to default");
    await page.press("Escape");
    await page.click("System prompt and parameters");
  });

  test("a picture beside a model that cannot see any is told of before it is sent", async () => {
    await using page = await openPage(app, "/", { profile: "pictures" });
    const state = { choice: { provider: "Work", model: "gpt-3.5-turbo" }, webSearch: false, memory: false };
    await page.read(
      `localStorage.setItem("parley-ask", '${JSON.stringify({ state: { ...state, system: "", parameters: {} }, version: 0 })}')`,
    );
    await page.reload();
    const picture = join(folder, "cat.png");
    await Bun.write(
      picture,
      toPng(40, 30, () => [90, 140, 200, 255]),
    );
    await page.attach([picture]);
    await page.see("gpt-3.5-turbo cannot see pictures.");
    await page.until("document.querySelector('.composer-attachment-picture')?.naturalWidth > 0", "true");
  });

  test("an answer is read aloud, piece by piece, without its signs", async () => {
    await using page = await openPage(app);
    await page.fill("Message", "Hello");
    await page.press("Enter");
    await page.see("I was given nothing.");
    await page.click("Voice and speed");
    await page.click("2×", "menuitemradio");
    await page.press("Escape");
    await page.click("Read aloud");
    await page.until("document.querySelector('.answer-listen').innerHTML", "Pause reading aloud");
    expect(await page.focus()).toBe("Pause reading aloud");
    await page.until("document.querySelector('.answer-listen').innerHTML", "Read aloud");
    const spoken = upstream.requests
      .filter(({ path }) => path.endsWith("/speech"))
      .map(({ body }) => JSON.parse(body).input);
    expect(spoken).toEqual(["I was given nothing."]);
  });

  test("what is spoken is written down where the caret is", async () => {
    await using page = await openPage(app);
    await page.fill("Message", "Say it please");
    await page.read(`document.querySelector(${JSON.stringify(body)}).setSelectionRange(6, 6)`);
    await allowMicrophone(page, "granted");
    await page.click("Speak");
    await page.until("/0:0[1-9]/.test(document.querySelector('.composer-recording')?.innerText ?? '')", "true");
    await page.click("Stop recording");
    await page.until(valueOf, "Say it out loud please");
    expect(await page.focus()).toBe("Message");

    // Who goes elsewhere meanwhile finds the words where they were spoken.
    await page.read(`(() => {
      const { fetch } = window;
      const { promise, resolve } = Promise.withResolvers();
      window.writeDown = resolve;
      window.fetch = async (address, init) => {
        if (String(address).includes("transcribe")) await promise;
        return fetch(address, init);
      };
    })()`);
    await askChats(app, "POST", "", { chat_id: "quiet", title: "Quiet", messages: [user("Hello")] });
    await page.fill("Message", "Tell me now");
    await page.read(`document.querySelector(${JSON.stringify(body)}).setSelectionRange(7, 7)`);
    await page.click("Speak");
    await page.click("Stop recording");
    await page.see("Writing it down");
    await page.goTo("/#/chats/quiet");
    await page.until("document.title", "Quiet");
    await page.fill("Message", "Not here");
    await page.read(`document.querySelector(${JSON.stringify(body)}).setSelectionRange(3, 3)`);
    await page.read("writeDown()");
    await page.seeNot("Writing it down");
    expect(await page.read(valueOf)).toBe("Not here");
    await page.goTo("/#/");
    await page.until(valueOf, "Tell me out loud now");
    await holdMicrophone(page);
    await page.click("Speak");
    await page.click("Speak");
    await page.read("void (location.hash = '#/runs')");
    await page.until("document.querySelector('.composer') === null", "true");
    await page.read("void letIn()");
    await page.until("[asked, ...tracks.map(({ readyState }) => readyState)].join()", "1,ended");
    await page.read("void (location.hash = '#/')");
    await allowMicrophone(page, "denied");
    await page.click("Speak");
    await page.see("The microphone is not allowed for this page.");
  });
});

const valueOf = `(document.querySelector(${JSON.stringify(body)})?.value ?? '')`;

/** What the page says on its socket. */
async function recordFrames(page: TestPage): Promise<void> {
  await page.read(`(() => {
    const { send } = WebSocket.prototype;
    window.sent = [];
    WebSocket.prototype.send = function (frame) {
      window.sent.push(frame);
      send.call(this, frame);
    };
  })()`);
}

/** As long as somebody thinks about whether the page may listen. */
async function holdMicrophone(page: TestPage): Promise<void> {
  await page.read(`(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    const { promise, resolve } = Promise.withResolvers();
    Object.assign(window, { asked: 0, tracks: [], letIn: resolve });
    mediaDevices.getUserMedia = async (what) => {
      asked++;
      await promise;
      const stream = await ask(what);
      tracks.push(...stream.getTracks());
      return stream;
    };
  })()`);
}

async function allowMicrophone({ view, origin }: TestPage, setting: "granted" | "denied"): Promise<void> {
  await view.cdp("Browser.setPermission", { permission: { name: "microphone" }, setting, origin });
}
