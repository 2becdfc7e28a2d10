/**
 * Code as Markdown is to show it: breaks within it are ends of lines, numbers of lines are no part of it, and its language,
 * which highlighters write in many ways and around it, stands in its own class as HTML's standard says.
 */
export function markCode(document: Document): void {
  for (const code of document.querySelectorAll("pre")) {
    for (const line of code.querySelectorAll("br")) line.replaceWith("\n");
    for (const numbers of code.querySelectorAll(lineNumbers)) numbers.remove();
    const names = [code.firstElementChild, code, code.parentElement, code.parentElement?.parentElement]
      .map((element) => element?.getAttribute("class")?.slice(0, 200) ?? "")
      .join(" ");
    const language = /(?:^|\s)(?:language|lang|highlight(?:-source)?)-([a-z][\w+#]*)|\bbrush: ?(\w+)/i.exec(names);
    const name = language?.[1] ?? language?.[2];
    if (name && !/^(plaintext|default|none|text)$/i.test(name)) code.className = `language-${name}`;
  }
}

const lineNumbers = ".lineno, .linenos, .line-numbers-rows, .line-number, .gutter, [data-line-number]:empty";
