import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import axe from "axe-core";
import { openAnswerPage } from "../support/answer-page.ts";
import { chromium, openView, warnWithoutChromium } from "../support/browser.ts";

warnWithoutChromium("what an answer looks like");

describe.skipIf(!chromium)("an answer, in a real browser", () => {
  let served: Awaited<ReturnType<typeof openAnswerPage>>;
  let page: Awaited<ReturnType<typeof openView>>;
  beforeAll(async () => {
    served = await openAnswerPage();
    page = await openView(served.origin, 390, 900);
    await page.until("typeof window.show", "function");
  });
  afterAll(async () => {
    page?.view.close();
    await served[Symbol.asyncDispose]();
  });

  const show = (...answers: object[]) => page.read(`window.show(${JSON.stringify(answers)})`);
  /** What a text becomes, without the attributes that are the same everywhere. */
  async function toHtml(text: string, selector = ".markdown"): Promise<string> {
    await show({ text });
    const html = await page.read(`document.querySelector(${JSON.stringify(selector)}).innerHTML`);
    return html.replace(/ (?:dir|target|rel|title|class|scope)="[^"]*"/g, "").replace(/<\/?bdi>/g, "");
  }

  test("is what Markdown says", async () => {
    const become: Readonly<Record<string, string>> = {
      "# One\n\n###### Two": "<h3>One</h3><h6>Two</h6>",
      "a **b** *c* ~~d~~ `e<f>` &amp; &copy; \\*":
        "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e&lt;f&gt;</code> &amp; © *</p>",
      "- a\n- b\n  1. c": '<ul><li>a</li><li>b<ol start="1"><li>c</li></ol></li></ul>',
      "3. a\n\n4. b": '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>',
      "> a\n> > b": "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>",
      "a\n\n---": "<p>a</p><hr>",
      "<b>x</b> <script>y</script>": "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;y&lt;/script&gt;</p>",
      "[a](https://example.com/x) https://example.com":
        '<p><a href="https://example.com/x">a</a> <a href="https://example.com/">https://example.com</a></p>',
      "[a](javascript:x) [b](data:text/html,x) [c](/backend-api/v2/create?prompt=x)":
        "<p>[a](javascript:x) [b](data:text/html,x) [c](/backend-api/v2/create?prompt=x)</p>",
      "[https://bank.example](https://evil.example)":
        '<p><a href="https://evil.example/">https://bank.example</a><span> (evil.example)</span></p>',
      "[a][r]\n\ntext\n\n[r]: https://example.com": '<p><a href="https://example.com/">a</a></p><p>text</p>',
      "It costs $5 and $10, or $5 for two, $7": "<p>It costs $5 and $10, or $5 for two, $7</p>",
    };
    for (const [text, html] of Object.entries(become)) expect([text, await toHtml(text)]).toEqual([text, html]);
  });

  test("has its code in a box, coloured, with what hides in it seen", async () => {
    const shown = "document.querySelector('pre')";
    await show({ text: 'Look:\n```js\nconst a = "x\u202E";\n```\nafter' });
    await page.until(`${shown}.querySelector('.hljs-keyword')?.textContent ?? ''`, "const");
    expect(await page.read(`${shown}.innerText`)).toBe('const a = "xU+202E";');
    expect(await page.read("document.querySelector('.markdown').innerText")).toContain("after");
    await show({ text: "```nolanguage\nx\n\n\ny" });
    expect(await page.read(`${shown}.innerText`)).toBe("x\n\n\ny");
  });

  test("has tables that can be copied as CSV", async () => {
    await show({ text: '| a | b |\n|:--|--:|\n| x, **y** | 2 |\n| say "hi" | |' });
    expect(
      await page.read(
        "[...document.querySelectorAll('th, td')].map((each) => `${each.dataset.align} ${each.innerText}`).join('; ')",
      ),
    ).toBe('left a; right b; left x, y; right 2; left say "hi"; right ');
    expect(await page.read("document.querySelector('.markdown-table button').ariaLabel")).toBe("Copy as CSV");
    await show({ text: `| a | b |\n|---|---|\n${"| 1 | 2 |\n".repeat(5000)}` });
    expect(await page.read("document.querySelectorAll('tbody tr').length")).toBe("200");
    await page.read("[...document.querySelectorAll('button')].at(-1).click()");
    await page.until("document.querySelectorAll('tbody tr').length", "400");
  });

  test("has its formulas set, and those that are none shown as they were written", async () => {
    await show({
      text: "So $a^2$ and \\(x_1\\).\n\n$$\n\\frac{1}{2}\n$$\n\n\\[ E = mc^2 \\]\n\n$$\\frac{a$$\n\n$$ open",
    });
    await page.until("document.querySelectorAll('math').length", "4");
    expect(await page.read("document.querySelectorAll('math mfrac, math msup').length")).toBe("3");
    expect(await page.read("document.querySelector('.markdown').innerText")).toContain("$$\\frac{a$$");
    expect(await page.read("document.querySelector('.markdown').innerText")).toContain("$$ open");
  });

  test("shows media of the server's in the contract's markup alone, with their place kept; others are named, and not loaded", async () => {
    const picture =
      '<a href="/media/a.png" data-width="1024" data-height="512"><img src="/thumbnail/a.png" alt="a &quot;cat&quot;" width="400" height="200"></a>';
    await show({
      text: `${picture}\n\n<video src="/media/v.mp4" controls></video>\n\n<audio controls src="/media/x.mp3"></audio>`,
    });
    expect(
      await page.read(
        "(({ alt, width, height }) => `${alt} ${width} ${height > 100}`)(document.querySelector('.markdown img'))",
      ),
    ).toBe('a "cat" 390 true');
    expect(await page.read("document.querySelectorAll('.markdown :is(video, audio)[controls]').length")).toBe("2");
    await page.read("document.querySelector('.markdown-picture').click()");
    await page.until("document.querySelector('.dialog')?.innerText ?? ''", "Download");
    expect(await page.read("document.querySelector('.dialog').innerText")).toContain('a "cat"');
    await page.read("document.querySelector('.dialog [aria-label=Close]').click()");
    await page.until("String(document.querySelector('.dialog'))", "null");
    await show({ text: `![a cat](https://example.com/c.png) ${picture.replace(">", " onclick=x>")}` });
    expect(await page.read("document.querySelector('.markdown').innerText")).toContain(
      "Picture at example.com, not loaded. Open it there",
    );
    expect(await page.read("document.querySelectorAll('.markdown img').length")).toBe("0");
  });

  test("cites its sources, which stand at its end, and has its notes below it", async () => {
    const sources = "\n\n\n\n> [0] [A \\[1\\]](https://a.example/)\n>\n> [1] [b](https://b.example/b)";
    await show({ text: `So [0] and [[1]](https://b.example/b), not [7].[^n]\n\n[^n]: Noted.${sources}` });
    expect(
      await page.read("[...document.querySelectorAll('.markdown-citation')].map((each) => each.href).join()"),
    ).toBe("https://a.example/,https://b.example/b");
    expect(await page.read("document.querySelector('.answer-sources').innerText")).toContain("A [1]");
    await page.read("document.querySelector('.markdown-footnote-mark').click()");
    expect(await page.read("document.activeElement.innerText")).toBe("Noted.");
  });

  test("shows what there is beside its text", async () => {
    await show({
      text: "Done.",
      reasoning: "Let me see",
      reasoningMs: 12_300,
      steps: [
        { label: "read page", status: "example.org" },
        { label: "", status: "Searching" },
      ],
      toolCalls: [{ id: "c", function: { name: "get_weather", arguments: '{"city":"Rome"}' } }],
      notes: ["Groq: rate limited, trying Work"],
      failure: "ResponseError: Work answered 500",
      provider: "Work",
      model: "m",
      usage: { promptTokens: 5, completionTokens: 1200, cost: 0.0042 },
    });
    const text = await page.read("document.querySelector('.answer').innerText");
    for (const each of [
      "Thought for 12 s",
      "2 steps",
      "get_weather",
      "trying Work",
      "answered 500",
      "Work · m · 5 tokens in, 1,200 out · $0.0042",
    ])
      expect(text).toContain(each);
    await page.read("document.querySelectorAll('details').forEach((each) => (each.open = true))");
    expect(await page.read("document.querySelector('.answer').innerText")).toContain('"city": "Rome"');
    await page.view.evaluate(`(() => { ${axe.source} })()`);
    expect(
      await page.read(
        "axe.run('main').then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes[0].html])))",
      ),
    ).toBe("[]");
  });

  test("grows without a block being made anew but its last: no half-written mark is ever seen", async () => {
    const text = [
      "# Title with **bold**",
      "A paragraph with **bold**, *italic*, `code` and [a link](https://example.com/path).",
      "```ts\nconst a = 1;\n\nconst b = 2;\n```",
      "| a | b |\n|---|---|\n| 1 | **2** |",
      "- one\n- two\n  - three",
      "$$\nx^2\n$$",
      "The end.",
    ].join("\n\n");
    await show({ text: "", state: "running" });
    const seen = JSON.parse(
      await page.read(`(async () => {
        const text = ${JSON.stringify(text)};
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        const made = []; const problems = [];
        for (let end = 1; end <= text.length; end++) {
          window.show([{ text: text.slice(0, end), state: "running" }]);
          await Promise.resolve();
          if (end % 3 === 0) await frame();
          const blocks = [...document.querySelector(".markdown")?.children ?? []];
          blocks.slice(0, -1).forEach((block, index) => {
            if (made[index] !== undefined && made[index] !== block && index < blocks.length - 2) problems.push("anew: " + end + " " + block.localName);
            made[index] = block;
          });
          const shown = [...document.querySelectorAll(".markdown :is(p, li, td, h3)")].map((each) => each.innerText).join(" ");
          if (/\\*\\*|\\]\\(|\`/.test(shown)) problems.push("half: " + shown.slice(-40));
        }
        return JSON.stringify({ problems, blocks: made.length + 1 });
      })()`),
    ) as { problems: string[]; blocks: number };
    expect(seen).toEqual({ problems: [], blocks: 7 });
  });
});
