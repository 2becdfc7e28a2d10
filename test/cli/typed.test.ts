import { describe, expect, test } from "bun:test";
import { splitWords } from "../../src/cli/conversation/commands/attach.ts";
import { createMessageLines } from "../../src/cli/conversation/message-lines.ts";

describe("what is typed", () => {
  test.each([
    [["/new"], "/new", true],
    [["a\\", "b"], "a\nb", false],
    [['"""a', "", 'b"""'], "a\n\nb", false],
    [['"""', "/new", '"""'], "/new", false],
    [['"""/new"""'], "/new", false],
  ])("%j is one message", (lines, text, isLine) => {
    const message = createMessageLines();
    const last = lines.at(-1) ?? "";
    for (const line of lines.slice(0, -1)) expect(message.add(line, false)).toBeUndefined();
    expect(message.isOpen).toBe(lines.length > 1);
    expect(message.add(last, false)).toEqual({ text, isLine });
    expect(message.isOpen).toBe(false);
  });

  test("pasted lines are one message with what is typed behind them, and no command", () => {
    const message = createMessageLines();
    expect(message.add("/new\\", true)).toBeUndefined();
    expect(message.add("end", false)).toEqual({ text: "/new\\\nend", isLine: false });
  });

  test("files are named as for a shell", () => {
    expect(splitWords(`a.md "b c.md" 'd e' f\\ g.md  https://h.example/?i=j`)).toEqual([
      "a.md",
      "b c.md",
      "d e",
      "f g.md",
      "https://h.example/?i=j",
    ]);
  });
});
