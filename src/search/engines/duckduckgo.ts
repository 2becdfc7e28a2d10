import type { SearchEngine } from "../engine.ts";
import { askEngine, type EngineParts, refused, unreadable } from "./ask.ts";
import { toQuery } from "./query.ts";

const name = "DuckDuckGo";

const turnedAway =
  "it turns this machine away, as it does what it takes for a robot: try later, or set up another engine";
const meanings = {
  403: turnedAway,
  418: turnedAway,
  429: "it asks to wait: too many questions at once",
};

const safety = { off: "-2", moderate: "-1", strict: "1" };

/**
 * Its page for browsers without scripts, which needs no key. Its parameters are those of
 * https://duckduckgo.com/duckduckgo-help-pages/settings/params/.
 */
export function createDuckDuckGo({ pages, address }: EngineParts): SearchEngine {
  return {
    name,
    async search({ text, count, region, safeSearch }, signal) {
      const asked = new URL(address);
      asked.search = new URLSearchParams({
        q: toQuery(text, { maxLength: 499 }),
        kl: region === undefined ? "wt-wt" : toRegion(region),
        kp: safety[safeSearch],
      }).toString();
      const { bytes } = await askEngine({ name, pages, address: asked, meanings, signal });
      const { readResultsPage } = await import("./duckduckgo-page.ts");
      const page = await readResultsPage(new TextDecoder().decode(bytes));
      // It comes with 202, which is no failure to HTTP.
      if (page === "challenge") throw refused(name, turnedAway);
      if (page === undefined) throw unreadable(name);
      return page.slice(0, count);
    },
  };
}

/** Where it is not the country and the language: those that DuckDuckGo has words of its own for. */
const ownRegions: Readonly<Record<string, string>> = {
  "ca-ES": "ct-ca",
  "en-GB": "uk-en",
  "es-US": "ue-es",
  "ja-JP": "jp-jp",
  "ko-KR": "kr-kr",
  "nb-NO": "no-no",
  "nn-NO": "no-no",
  "sl-SI": "sl-sl",
  "zh-HK": "hk-tzh",
  "zh-TW": "tw-tzh",
};

function toRegion(region: string): string {
  return ownRegions[region] ?? region.toLowerCase().split("-").toReversed().join("-");
}
