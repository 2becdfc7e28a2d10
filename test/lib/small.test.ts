import { describe, expect, test } from "bun:test";
import { createId } from "../../src/lib/ids.ts";
import { at, parseJson, tryParseJson } from "../../src/lib/json.ts";
import { openDeadline } from "../../src/lib/deadline.ts";
import { createLog } from "../../src/lib/log.ts";
import { createTokenCounter, oneLine } from "../../src/lib/text.ts";

describe("JSON", () => {
  test("nests up to 128 levels and no deeper", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(parseJson(nested(128))).toBeArray();
    expect(() => parseJson(nested(129))).toThrow("nested deeper than 128 levels");
    expect(() => parseJson('{"a":'.repeat(50_000) + "1" + "}".repeat(50_000))).toThrow(SyntaxError);
    expect(tryParseJson("{")).toBeUndefined();
  });

  test("of a long text, whatever it is cut into, each character is counted as by itself", () => {
    const latin = "plain words ".repeat(1000);
    for (const text of [latin, `${latin}’${latin}`, "漢字 and 🎉 ".repeat(2000)]) {
      const [whole, each] = [createTokenCounter(), createTokenCounter()];
      whole.add(text);
      for (const unit of text.split("")) each.add(unit);
      expect(whole.tokens).toBe(each.tokens);
    }
  });

  test("is read along a path, own fields alone", () => {
    const value = JSON.parse('{"a":[{"b":null}],"__proto__":{"c":1}}');
    expect(at(value, "a", 0, "b")).toBeNull();
    expect(at(value, "a", 1, "b")).toBeUndefined();
    expect(at(value, "constructor")).toBeUndefined();
    expect(at(null, "a")).toBeUndefined();
  });
});

test("ids are unguessable and never hold a dot, which ends them in event ids", () => {
  const ids = Array.from({ length: 1000 }, () => createId("run"));
  expect(new Set(ids).size).toBe(1000);
  for (const id of ids) expect(id).toMatch(/^run_[\w-]{22}$/);
});

test("a text from outside becomes one line of whole characters", () => {
  expect(oneLine("a\n\tb\u0000\u2028c  ", 100)).toBe("a b c");
  expect(oneLine("ab👋cd", 4)).toBe("ab\uFFFD…");
});

test("tokens are about a quarter of English text, and more of other scripts", () => {
  const count = (...texts: string[]) => {
    const counter = createTokenCounter();
    for (const text of texts) counter.add(text);
    return counter.tokens;
  };
  expect(count()).toBe(0);
  expect(count("The quick brown fox jumps over the lazy dog.")).toBe(11);
  expect(count("The quick brown fox jumps", " over the lazy dog.")).toBe(11);
  expect(count("你好世界")).toBe(3);
});

describe("a deadline", () => {
  test("aborts with its own reason, or its parent's", async () => {
    using late = openDeadline(new AbortController().signal, 10, () => new Error("late"));
    await Bun.sleep(30);
    expect(late.signal.reason.message).toBe("late");
    using gone = openDeadline(AbortSignal.abort(new Error("gone")), 1000, () => new Error("late"));
    expect(gone.signal.reason.message).toBe("gone");
  });

  test("is over when disposed", async () => {
    const deadline = openDeadline(new AbortController().signal, 20, () => new Error("late"));
    deadline[Symbol.dispose]();
    await Bun.sleep(40);
    expect(deadline.signal.aborted).toBe(false);
  });
});

test("the log strikes secrets out by value, wherever they stand, and keeps to its level", () => {
  const lines: string[] = [];
  const secret = 'sk-"quoted"-123';
  for (const pretty of [false, true]) {
    const log = createLog({ level: "warn", secrets: [secret], pretty, write: (line) => lines.push(line) });
    log.info("not shown");
    log.error(`key ${secret}`, {
      error: new Error(secret, { cause: new Error(secret) }),
      nested: { secret },
      text: secret,
    });
  }
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).not.toContain("quoted");
    expect(line.split("[redacted]").length).toBeGreaterThan(4);
  }
});
