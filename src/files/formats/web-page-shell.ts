import { escapeMarkdown } from "./escape.ts";
import { createMarkdown } from "./markdown.ts";

/** A page that scripts would fill: it says little, and holds the place where they would write. */
export function isShell(document: Document, length: number): boolean {
  if (length > muchText) return false;
  return length < littleText || document.querySelector(places) !== null;
}

/** Arbitrary, in characters. */
const muchText = 300;
const littleText = 25;
const places =
  "#root, #app, #__next, #__nuxt, #___gatsby, #main-app, app-root, [data-reactroot], [ng-app], [ng-version], [data-v-app]";

/** What it says instead: to those without scripts, or of itself for lists of what was found. Markdown. */
export function readShell(document: Document): string {
  const toMarkdown = createMarkdown();
  const spoken = [...document.querySelectorAll("body noscript")]
    .map((element) => toMarkdown(element.innerHTML).trim())
    .filter((text) => text.length > 100 && !asksForScripts.test(text));
  return spoken.length > 0 ? spoken.join("\n\n") : escapeMarkdown(descriptionOf(document));
}

const asksForScripts = /javascript/i;

function descriptionOf(document: Document): string {
  const found = ["meta[name=description]", "meta[property='og:description']"]
    .map((selector) => (document.querySelector(selector)?.getAttribute("content") ?? "").replace(/\s+/g, " ").trim())
    .find((text) => text !== "");
  return found ?? "";
}
