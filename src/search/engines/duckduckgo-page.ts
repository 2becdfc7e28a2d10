import { Parser } from "htmlparser2";
import type { SearchResult } from "../engine.ts";
import { toResult } from "./result.ts";

/** Its results without advertisements; `challenge` where it asks to prove that one is human; `undefined` for another page. */
export async function readResultsPage(html: string): Promise<SearchResult[] | "challenge" | undefined> {
  const found: Found[] = [];
  let isChallenge = false;
  let isResultsPage = false;
  let isAd = false;
  let open: { readonly tag: string; depth: number; readonly add: (text: string) => void } | undefined;
  const parser = new Parser({
    onopentag(tag, { class: names = "", id, href = "" }) {
      const classes = names.split(/\s+/);
      if (id === "challenge-form" || classes.some((each) => each.startsWith("anomaly-modal"))) isChallenge = true;
      if (id === "links" || classes.includes("no-results")) isResultsPage = true;
      if (classes.includes("result")) isAd = classes.includes("result--ad");
      if (open?.tag === tag) open.depth++;
      if (isAd) return;
      if (classes.includes("result__a")) {
        const each: Found = { href, title: "", snippet: "" };
        found.push(each);
        open = { tag, depth: 1, add: (text) => (each.title += text) };
      } else if (classes.includes("result__snippet")) {
        const last = found.at(-1);
        if (last) open = { tag, depth: 1, add: (text) => (last.snippet += text) };
      }
    },
    ontext: (text) => open?.add(text),
    onclosetag(tag) {
      if (open?.tag === tag && --open.depth === 0) open = undefined;
    },
  });
  for (let from = 0; from < html.length; from += blockLength) {
    parser.write(html.slice(from, from + blockLength));
    await new Promise(setImmediate);
  }
  parser.end();
  if (isChallenge) return "challenge";
  const results = found.flatMap(({ href, title, snippet }) => toResult(unwrap(href), title, snippet) ?? []);
  return isResultsPage || found.length > 0 ? results : undefined;
}

interface Found {
  readonly href: string;
  title: string;
  snippet: string;
}

/** In characters: others are answered between two blocks, of which usual pages are three. */
const blockLength = 16 * 1024;

/** Its links lead over `//duckduckgo.com/l/?uddg=…`, those of advertisements over `/y.js`, which is no page. */
function unwrap(href: string): string | undefined {
  let address = href;
  // An advertisement is wrapped twice.
  for (let wrappings = 0; wrappings < 2; wrappings++) {
    const url = URL.parse(address, "https://html.duckduckgo.com/");
    if (!url || !/^((html|www)\.)?duckduckgo\.com$/.test(url.hostname)) break;
    const inner = url.pathname === "/l/" ? url.searchParams.get("uddg") : null;
    if (inner === null) return undefined;
    address = inner;
  }
  return address;
}
