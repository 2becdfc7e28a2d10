import { describe, expect, test } from "bun:test";
import { createMarkdown } from "../../../src/files/formats/markdown.ts";
import { Unconvertible } from "../../../src/files/unconvertible.ts";

const toMarkdown = createMarkdown();

describe("HTML as Markdown", () => {
  test("a heading is one line, and not bold besides", () => {
    expect(toMarkdown("<h2>One<br>line <strong>only</strong></h2><h3> </h3><p>Text</p>")).toBe(
      "## One line only\n\nText",
    );
  });

  test("items are indented by as much as their marks take", () => {
    const html = "<ul><li>a<ol start=9><li><p>x</p><p>y</p></li><li>z</li></ol></li><li>b</li></ul>";
    expect(toMarkdown(html)).toBe("- a\n  9. x\n\n     y\n  10. z\n- b");
  });

  test("a merged cell says what it says once, and cells hold several paragraphs", () => {
    const html = `<table><tr><td rowspan=2>A|B</td><td colspan=2>wide</td></tr>
      <tr><td><p>p</p><p>q</p></td><td>z</td></tr></table>`;
    expect(toMarkdown(html)).toBe("| A\\|B | wide |  |\n| --- | --- | --- |\n|  | p<br>q | z |");
  });

  test("a table that only lays out others vanishes", () => {
    const html = "<table><tr><td>Left<table><tr><td>a</td><td>b</td></tr></table></td></tr></table>";
    expect(toMarkdown(html)).toBe("Left\n\n| a | b |\n| --- | --- |");
  });

  test("spans that would cost more than the table says are not believed", () => {
    const row = "<tr><td colspan=1000 rowspan=1000></td><td>x</td></tr>";
    expect(toMarkdown(`<table>${row.repeat(2000)}</table>`).length).toBeLessThan(10 * 2000 * row.length);
  });

  test("footnotes become footnotes", () => {
    const html = `<p>Said<sup><a href="#footnote-2" id="footnote-ref-2">[2]</a></sup>.</p>
      <ol><li id="footnote-2"><p>By whom.<a href="#footnote-ref-2">↑</a></p><p>And when.</p></li></ol>`;
    expect(toMarkdown(html)).toBe("Said[^1].\n\n[^1]: By whom.\n\n    And when.");
  });

  test("only links that lead out of the document keep their target", () => {
    const html = `<a href="https://a.example/(b) c">out</a> <a href="javascript:alert(1)">script</a> <a href="#top">in</a>`;
    expect(toMarkdown(html)).toBe("[out](https://a.example/\\(b\\)%20c) script in");
  });

  test("a picture is its alternative text", () => {
    expect(toMarkdown(`<img src="data:image/png;base64,AAAA" alt="A [cat]"> <img src="x.png">end`)).toBe(
      "![A [cat]]() end",
    );
  });

  test("text stays text, and cannot write our marks", () => {
    expect(
      toMarkdown("<p>&lt;!-- Slide 3 --&gt;</p><p># a</p><p>1. b</p><p>- c</p><p>*d* file_name _e_ 1 &lt; 2</p>"),
    ).toBe("\\<!-- Slide 3 -->\n\n\\# a\n\n1\\. b\n\n\\- c\n\n\\*d\\* file_name \\_e\\_ 1 < 2");
  });

  test("powers of ten stay powers, ordinals words", () => {
    expect(toMarkdown("10<sup>6</sup>, 1<sup>st</sup>, H<sub>2</sub>O")).toBe("10^6, 1st, H2O");
  });

  test("what is preformatted keeps its lines, whatever fences it holds", () => {
    expect(toMarkdown('<pre><code class="language-ts">a\n  ```\n*b*</code></pre>')).toBe("````ts\na\n  ```\n*b*\n````");
  });

  test("a hundred thousand blanks cost nothing", () => {
    expect(toMarkdown(`<p>a${"&nbsp;".repeat(100_000)}b${"\u00a0".repeat(100_000)}c</p>`)).toBe("a b c");
  });

  test("endless nesting is refused", () => {
    expect(() => toMarkdown(`<p>${"<b>".repeat(20_000)}x`)).toThrow(Unconvertible);
  });
});
