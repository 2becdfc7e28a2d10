/**
 * A page's title without its site's name: its heading, where the title begins or ends with it; else what it wants to be called
 * elsewhere; else all of it. One line.
 */
export function chooseTitle(document: Document, main: Element): string {
  const whole = toLine(document.title);
  const shared = toLine(document.querySelector("meta[property='og:title']")?.getAttribute("content") ?? "");
  const headings = [...main.querySelectorAll("h1, h2"), ...document.querySelectorAll("h1")].slice(0, maxHeadings);
  const heading = headings.map(({ textContent }) => toLine(textContent ?? "")).find((text) => isTitle(text, whole));
  return heading ?? (shared || whole || toLine(document.querySelector("h1")?.textContent ?? ""));
}

/** Arbitrary: a page's own heading is among its first. */
const maxHeadings = 5;

/** What stands beside it, the site's name or a section's, is parted from it by a sign of some kind. */
function isTitle(heading: string, whole: string): boolean {
  const at = heading.length < 2 ? -1 : whole.toLowerCase().indexOf(heading.toLowerCase());
  if (at === -1) return false;
  const [before, after] = [whole.slice(0, at), whole.slice(at + heading.length)];
  return /^$|[^\p{L}\p{N}\s]\s*$/u.test(before.slice(-10)) && /^\s*([^\p{L}\p{N}\s]|$)/u.test(after);
}

/** A text whose first heading is the title begins after it. */
export function withoutTitle(text: string, title: string): string {
  const [line, heading = ""] = /^#{1,6} (.{1,1000})(?:\n+|$)/.exec(text) ?? [""];
  return toLine(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("\\", "")) === title
    ? text.slice(line.length)
    : text;
}

/** Under which something stood that was no part of the text. */
export function withoutLastHeadings(text: string): string {
  const lines = text.split("\n");
  while (lines.length > 1 && /^(#{1,6} .*|\s*)$/.test(lines.at(-1) ?? "")) lines.pop();
  return lines.join("\n");
}

function toLine(text: string): string {
  return text.replace(/[\s\u200b]+/g, " ").trim();
}
