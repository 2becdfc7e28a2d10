/**
 * How smoothly the page shows an answer that streams into a long chat, over the whole path: a vendor, the server, its channel, and
 * a real chromium: `bun test/bench/page.ts`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, openView } from "../support/browser.ts";
import { fromSource, startServer } from "../support/command.ts";

const messages = 500;
const tokensPerSecond = 200;
const seconds = 10;

const paragraph =
  "It is **said** that the `page` should not jump, and that [what is read](https://example.com/a) stays where it is. ";
const answer = [
  `## Part\n\n${paragraph.repeat(3)}`,
  "- one of them\n- another, with *more* to it\n- the last",
  "```ts\nexport function add(a: number, b: number): number {\n  return a + b;\n}\n```",
  "| Name | Count |\n| --- | ---: |\n| Apples | 12 |\n| Pears | 3 |",
  "So $a^2 + b^2 = c^2$ holds.",
].join("\n\n");
const tokens = `${answer}\n\n`.repeat(60).match(/\s?\S{1,4}|\s/g) ?? [];

/** In the page: counts frames and long tasks. */
const watch = `(async () => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ entryTypes: ["longtask"] });
  let frames = 0;
  let longest = 0;
  let last = performance.now();
  const begun = last;
  await new Promise((done) => {
    requestAnimationFrame(function frame(now) {
      frames++;
      longest = Math.max(longest, now - last);
      last = now;
      if (now - begun < ${seconds * 1000}) requestAnimationFrame(frame);
      else done();
    });
  });
  return JSON.stringify({ frames, longest, took: performance.now() - begun, tasks });
})()`;

if (!chromium) throw new Error("this takes a chromium");
const folder = mkdtempSync(join(tmpdir(), "parley-page-"));
using vendor = openVendor();
try {
  await using server = await openServer();
  const rows = [];
  for (const slowdown of [1, 4]) rows.push(await measure(server.origin, slowdown));
  console.table(rows);
} finally {
  Bun.WebView.closeAll();
  rmSync(folder, { recursive: true, force: true });
}

/** A model that writes for longer than is measured, at an even pace. */
function openVendor() {
  const server = Bun.serve({
    port: 0,
    idleTimeout: 0,
    fetch: (request) =>
      request.method === "GET"
        ? Response.json({ data: [{ id: "m" }] })
        : new Response(toStream(write()), {
            headers: { "content-type": "text/event-stream" },
          }),
  });
  return { port: server.port, [Symbol.dispose]: () => void server.stop(true) };
}

async function* write(): AsyncGenerator<string> {
  const begun = performance.now();
  for (let given = 0; given < tokens.length; await Bun.sleep(5)) {
    const due = Math.min(tokens.length, ((performance.now() - begun) / 1000) * tokensPerSecond);
    let piece = "";
    for (; given < due; given++) piece += chunk({ content: tokens[given] }, null);
    if (piece !== "") yield piece;
  }
  yield `${chunk({}, "stop")}data: [DONE]\n\n`;
}

function toStream(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      for await (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
}

function chunk(delta: object, finish_reason: string | null): string {
  return `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
}

async function openServer() {
  const origin = `http://127.0.0.1:${vendor.port}`;
  const providers = [{ name: "Work", type: "openai", base_url: origin, api_key: "sk-bench-0123456789", models: ["m"] }];
  await Bun.write(join(folder, "parley.yaml"), Bun.YAML.stringify({ providers, titles: "words" }));
  return startServer(fromSource, { cwd: folder, env: { PARLEY_CONFIG: join(folder, "parley.yaml") } });
}

async function measure(origin: string, slowdown: number) {
  const chat = `slower-by-${slowdown}`;
  const said = Array.from({ length: messages }, (_, index) =>
    index % 2 === 0 ? { role: "user", content: `Question ${index}?` } : { role: "assistant", content: answer },
  );
  await fetch(`${origin}/backend-api/v2/chats`, {
    method: "POST",
    body: JSON.stringify({ chat_id: chat, title: "A long chat", messages: said }),
  });
  const { view, read, until } = await openView(`${origin}/#/chats/${chat}`);
  await until(`document.body.innerText`, "Show earlier messages");
  // What is drawn with the chat is no part of its answer.
  await Bun.sleep(2_000);
  await view.cdp("Performance.enable", { timeDomain: "threadTicks" });
  await read(`document.querySelector("main textarea").focus()`);
  await view.type("Go on, at length");
  await view.press("Enter");
  await until(`String(document.querySelector("[aria-busy=true] .markdown") !== null)`, "true");
  await view.cdp("Emulation.setCPUThrottlingRate", { rate: slowdown });
  const before = await spent(view);
  const found = JSON.parse(await read(watch)) as Found;
  const after = await spent(view);
  view.close();
  // Of the processor's time, which others on the machine do not change.
  const busy = (name: string) => `${Math.round((((after[name] ?? 0) - (before[name] ?? 0)) * 100_000) / found.took)} %`;
  return {
    "CPU slower by": slowdown,
    messages,
    "tokens a second": tokensPerSecond,
    "frames a second": Math.round((found.frames / found.took) * 10_000) / 10,
    "longest frame, ms": Math.round(found.longest),
    busy: busy("TaskDuration"),
    "of it, scripts": busy("ScriptDuration"),
    "of it, layout": busy("LayoutDuration"),
    "of it, style": busy("RecalcStyleDuration"),
    "tasks over 50 ms": found.tasks.length,
    "longest task, ms": found.tasks.length === 0 ? "≤ 50" : Math.round(Math.max(...found.tasks)),
  };
}

interface Found {
  readonly frames: number;
  readonly longest: number;
  readonly took: number;
  readonly tasks: readonly number[];
}

async function spent(view: Bun.WebView): Promise<Readonly<Record<string, number>>> {
  const { metrics } = await view.cdp<{ metrics: { name: string; value: number }[] }>("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
