import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { EventOf } from "../../src/protocol/events.ts";
import { createThinkingParser } from "../../src/runs/thinking.ts";

type TextEvent = EventOf<"content"> | EventOf<"reasoning">;

/** What a text becomes: `[thought]`, and the rest as it is. */
function read(pieces: readonly string[], clock = () => 0): string {
  const parser = createThinkingParser(clock);
  const events: TextEvent[] = [];
  for (const piece of pieces) parser.push(piece, events);
  parser.end(events);
  return events
    .map((event) => {
      if (event.type === "content") return event.content;
      if (event.is_thinking === "<think>") return "[";
      return event.is_thinking === "</think>" ? "]" : (event.token ?? "");
    })
    .join("");
}

const cases: readonly (readonly [string, string, string])[] = [
  ["no tag", "Hello <b>you</b>, 1 < 2", "Hello <b>you</b>, 1 < 2"],
  ["a thought first", "<think>Hmm</think>Yes", "[Hmm]Yes"],
  ["any number of pairs", "a<think>b</think>c<think>d</think>e", "a[b]c[d]e"],
  ["one left open is closed at the end", "a<think>b", "a[b]"],
  ["an empty one", "<think></think>a", "[]a"],
  ["the beginning of a tag at the end is text", "a <thi", "a <thi"],
  ["a closing tag without an opening one is text", "a</think>b", "a</think>b"],
  ["an opening tag in a thought is part of it", "<think>a<think>b</think>c", "[a<think>b]c"],
  ["code in a thought does not hide its end", "<think>`a</think>b", "[`a]b"],
  ["in a code span it is text", "Use `<think>` so", "Use `<think>` so"],
  ["in a span of two backticks", "``a ` <think>`` <think>b</think>", "``a ` <think>`` [b]"],
  ["in a fence", "```html\n<think>\n```\n<think>b</think>", "```html\n<think>\n```\n[b]"],
  [
    "in a fence of tildes with backticks inside",
    "~~~\n```\n<think>\n~~~\n<think>b</think>",
    "~~~\n```\n<think>\n~~~\n[b]",
  ],
  [
    "a longer fence is not closed by a shorter one",
    "````\n```\n<think>\n````\n<think>b</think>",
    "````\n```\n<think>\n````\n[b]",
  ],
  [
    "marks that are followed by text close no fence",
    "```\n``` not\n<think>\n```\n<think>b</think>",
    "```\n``` not\n<think>\n```\n[b]",
  ],
  ["an indented fence", "  ```\n<think>\n  ```\n<think>b</think>", "  ```\n<think>\n  ```\n[b]"],
  ["a span that never closes ends with its paragraph", "a ` b\n\n<think>c</think>", "a ` b\n\n[c]"],
  ["three backticks that close on their line are a span", "```a```<think>b</think>", "```a```[b]"],
  [
    "a fence ends a span that never closed",
    "a ` b\n```\n<think>\n```\n<think>c</think>",
    "a ` b\n```\n<think>\n```\n[c]",
  ],
  [
    "a fence of lines that end as on Windows",
    "```\r\n<think>\r\n```\r\n<think>b</think>",
    "```\r\n<think>\r\n```\r\n[b]",
  ],
  ["right after a span", "`a`<think>b</think>", "`a`[b]"],
];

describe("thinking tags", () => {
  for (const [name, text, expected] of cases) {
    test(name, () => {
      expect(read([text])).toBe(expected);
      expect(read(text.split(""))).toBe(expected);
      for (let cut = 1; cut < text.length; cut++) expect(read([text.slice(0, cut), text.slice(cut)])).toBe(expected);
    });
  }

  test("are found wherever a text is cut", () => {
    const part = fc.constantFrom(
      "<think>",
      "</think>",
      "<",
      "</",
      "`",
      "``",
      "```",
      "~~~",
      "\n",
      "\n\n",
      " ",
      "a",
      "<thi",
      "nk>",
      "👋",
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 30 }),
        fc.array(fc.nat({ max: 120 }), { maxLength: 10 }),
        (parts, cuts) => {
          const text = parts.join("");
          const sorted = [0, ...cuts.filter((cut) => cut < text.length), text.length].sort((a, b) => a - b);
          const pieces = sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
          expect(read(pieces)).toBe(read([text]));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("lose nothing of a text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("<think>", "</think>", "`", "```\n", "a", "<"), { maxLength: 20 }),
        (parts) => {
          const bare = (text: string) => text.replace(/<\/?think>|[[\]]/g, "");
          expect(bare(read([parts.join("")]))).toBe(bare(parts.join("")));
        },
      ),
    );
  });

  test("say how long the thought took, above one second", () => {
    const events: TextEvent[] = [];
    let now = 0;
    const parser = createThinkingParser(() => now);
    parser.push("<think>a", events);
    now = 2340;
    parser.push("</think><think>", events);
    now = 3000;
    parser.push("</think>", events);
    expect(events.flatMap((event) => (event.type === "reasoning" && event.is_thinking ? [event.status] : []))).toEqual([
      "🤔 Is thinking...",
      "Thought for 2.34s",
      "🤔 Is thinking...",
      "",
    ]);
  });
});
