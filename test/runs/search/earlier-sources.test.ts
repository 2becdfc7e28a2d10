import { describe, expect, test } from "bun:test";
import { citedNumbers } from "../../../src/runs/search/cited.ts";
import { earlierSources, withoutSourceLists } from "../../../src/runs/search/earlier-sources.ts";
import { createSources, type NumberedSource, toSourceList } from "../../../src/runs/search/sources.ts";

const goOn = (content: string) =>
  earlierSources({ action: "continue", messages: [{ role: "assistant", content }] } as const);

describe("the sources of an answer that is gone on from", () => {
  test("are those that it was given, whatever their titles hold", () => {
    const sources: NumberedSource[] = ["`a` [b](c) <d> \\", "]", "", "x".repeat(300)].map((title, number) => [
      number,
      { url: `https://example.com/(${number})?q=\`]`, title },
    ]);
    const { content } = toSourceList(sources);
    const titles = ["`a` [b](c) <d> \\", "]", "example.com/(2)?q=`]", `${"x".repeat(199)}…`];
    expect(goOn(`Said.${content}`)).toEqual(
      titles.map((title, number) => [number, { url: `https://example.com/%28${number}%29?q=%60]`, title }]),
    );
    expect(withoutSourceLists(`Said.${content}`)).toBe("Said.");
  });

  test("are pages: a list that somebody else wrote leads nowhere else", () => {
    for (const address of ["javascript:alert%281%29", "data:text/html,x", "/media/a.png", ""])
      expect(goOn(`Said.\n\n\n\n> [0] [Title](${address})`)).toEqual([]);
  });

  test("are no more than an answer has, and new ones are numbered after them", () => {
    const lines = Array.from({ length: 100_000 }, (_, number) => `> [${number}] [t](https://example.com/${number})`);
    const sources = createSources(goOn(`Said.\n\n\n\n${lines.join("\n>\n")}`));
    expect(sources.all.length).toBe(200);
    expect(sources.add({ url: "https://example.org/", title: "" })).toBe(200);
  });

  // Each took minutes where a pattern began anew at every character.
  test.each([
    ["addresses of slashes", `\n\n\n\n> [0] [t](https://example.com/${"/".repeat(2 ** 20)}x)`],
    ["titles that do not end", "\n\n\n\n> [0] [".repeat(2 ** 17)],
    ["titles of brackets", `\n\n\n\n> [0] [${"[1] [".repeat(2 ** 17)}](https://example.com/)`],
    ["line feeds", "\n".repeat(2 ** 20)],
  ])("are read at once among %s", (_, text) => {
    const from = performance.now();
    createSources(goOn(text));
    expect([...citedNumbers(text, [[0, { url: "https://example.com/", title: "" }]])]).toEqual(expect.any(Array));
    expect(performance.now() - from).toBeLessThan(1000);
  });
});
