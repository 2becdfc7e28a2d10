import { describe, expect, test } from "bun:test";
import { fencedBlocks } from "../../src/lib/fenced-blocks.ts";

const read = (text: string) => [...fencedBlocks(text)].map(({ language, content }) => [language, content]);

describe("blocks of code between fences", () => {
  test.each([
    [
      "of backticks, in order",
      "a\n```js\n1\n2\n```\nb\n```\n3\n```",
      [
        ["js", "1\n2"],
        ["", "3"],
      ],
    ],
    ["of tildes, whose language is the first word in any case", "~~~ JSON title=x\n{}\n~~~", [["json", "{}"]]],
    ["longer fences hold shorter ones", "````md\n```js\n1\n```\n````", [["md", "```js\n1\n```"]]],
    [
      "only its own mark closes one, at least as long, with nothing behind",
      "````\n~~~~\n```\n```` x\n`````\n",
      [["", "~~~~\n```\n```` x"]],
    ],
    [
      "indented by three at most, which its lines lose",
      "  ```\n  a\n    b\n c\n   ```\n    ```\nno\n",
      [["", "a\n  b\nc"]],
    ],
    ["an unclosed one goes to the end", '```json\n{"a":\n1', [["json", '{"a":\n1']]],
    ["a row of backticks that closes on its line opens none", "``` a ```\nb\n```c`d\n", []],
    ["line ends of every kind", "```\r\na\r\nb\r```\r\n", [["", "a\nb"]]],
    [
      "empty ones",
      "```\n```\n```\n\n```",
      [
        ["", ""],
        ["", ""],
      ],
    ],
  ])("%s", (_, text, blocks) => {
    expect(read(text)).toEqual(blocks);
  });

  test("a long row of marks takes no longer than it is", () => {
    const startedAt = performance.now();
    expect(read("`".repeat(200_000))).toEqual([["", ""]]);
    expect(read(`${"`".repeat(100_000)}a`.repeat(2))).toEqual([]);
    expect(read("```\n" + "x\n".repeat(100_000))).toHaveLength(1);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
