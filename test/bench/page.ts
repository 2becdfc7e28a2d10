/** How smoothly the page shows an answer that streams into a long chat, in a real chromium. */

import { openAnswerPage } from "../support/answer-page.ts";
import { chromium, openView } from "../support/browser.ts";

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

if (!chromium) throw new Error("this takes a chromium");
const rows = [];
for (const slowdown of [1, 4]) rows.push(await measure(slowdown));
console.table(rows);

async function measure(slowdown: number) {
  await using served = await openAnswerPage();
  const { view, read, until } = await openView(served.origin);
  await until("typeof window.show", "function");
  await read(
    `window.show([...Array(${messages - 1}).fill({ text: ${JSON.stringify(answer)} }), { text: "", state: "running" }])`,
  );
  await read("new Promise((done) => setTimeout(done, 3000))");
  await view.cdp("Performance.enable", { timeDomain: "threadTicks" });
  await view.cdp("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await read(`void scrollTo(0, document.documentElement.scrollHeight)`);
  const before = await spent(view);
  const found = JSON.parse(
    await read(`(async () => {
      const tasks = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ["longtask"] });
      const tokens = ${JSON.stringify(`${answer}\n\n`.repeat(20))}.match(/\\s?\\S{1,4}|\\s/g);
      let frames = 0; let given = 0; let longest = 0; let last = performance.now();
      const begun = last;
      await new Promise((done) => {
        const timer = setInterval(() => {
          const due = Math.min(tokens.length, (performance.now() - begun) / 1000 * ${tokensPerSecond});
          while (given < due) window.add(tokens[given++]);
        }, 5);
        const frame = (now) => {
          frames++; longest = Math.max(longest, now - last); last = now;
          if (now - begun < ${seconds * 1000}) requestAnimationFrame(frame);
          else { clearInterval(timer); done(); }
        };
        requestAnimationFrame(frame);
      });
      return JSON.stringify({ frames, given, longest, took: performance.now() - begun, tasks });
    })()`),
  ) as { frames: number; given: number; longest: number; took: number; tasks: number[] };
  const after = await spent(view);
  view.close();
  // Of the processor's time, which others on the machine do not change.
  const busy = (name: string) => `${Math.round((((after[name] ?? 0) - (before[name] ?? 0)) * 100_000) / found.took)} %`;
  return {
    "CPU slower by": slowdown,
    messages,
    "tokens a second": Math.round((found.given / found.took) * 1000),
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

async function spent(view: Bun.WebView): Promise<Readonly<Record<string, number>>> {
  const { metrics } = await view.cdp<{ metrics: { name: string; value: number }[] }>("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
