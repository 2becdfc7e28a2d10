import { at, isObject } from "../../lib/json.ts";
import type { SearchEngine } from "../engine.ts";
import { askForJson, type KeyedEngineParts, unreadable } from "./ask.ts";
import { toQuery } from "./query.ts";
import { toResults } from "./result.ts";

const name = "Brave";

const keyRefused = "its key was refused: check brave_api_key";
/** 422 is what Brave says of a key that it does not know; other mistakes that it is for are not made here. */
const meanings = {
  401: keyRefused,
  403: keyRefused,
  404: "its key has no subscription: choose a plan for brave_api_key",
  422: keyRefused,
  429: "it asks to wait: the plan's questions a second, or in all, are used up",
};

/** https://api-dashboard.search.brave.com/app/documentation/web-search/query, and "Codes" beside it. */
export function createBrave({ pages, address, key }: KeyedEngineParts): SearchEngine {
  return {
    name,
    async search({ text, count, region, safeSearch }, signal) {
      const asked = new URL(address);
      asked.search = new URLSearchParams({
        q: toQuery(text, { maxLength: 400, maxWords: 50 }),
        count: String(Math.min(count, 20)),
        safesearch: safeSearch,
        result_filter: "web",
        text_decorations: "false",
        ...toPlace(region),
      }).toString();
      const sends = { headers: { accept: "application/json", "x-subscription-token": key } };
      const answer = await askForJson({ name, pages, address: asked, sends, meanings, signal });
      const found = at(answer, "web", "results");
      // What is found nowhere on the web is an answer without `web`.
      const isEmpty = isObject(answer) && answer.type === "search" && answer.web == null;
      if (!Array.isArray(found) && !isEmpty) throw unreadable(name);
      const { toPlainText: toText } = await import("./markup.ts");
      return toResults(Array.isArray(found) ? found : [], count, { snippet: "description", toText });
    },
  };
}

const countries =
  "AR AU AT BE BR CA CL DK FI FR DE GR HK IN ID IT JP KR MY MX NL NZ NO CN PL PT PH RU SA ZA ES SE CH TW TR GB US";
const languages =
  "ar eu bn bg ca hr cs da nl en et fi fr gl de el gu he hi hu is it kn ko lv lt ms ml mr nb pl pa ro ru sr sk sl es sv ta te th tr uk vi";

/** Where Brave has a word of its own. */
const ownLanguages: Readonly<Record<string, string>> = {
  "en-GB": "en-gb",
  "ja-JP": "jp",
  "pt-BR": "pt-br",
  "pt-PT": "pt-pt",
  "zh-CN": "zh-hans",
  "zh-HK": "zh-hant",
  "zh-TW": "zh-hant",
};

/** What it does not know it refuses: so a country that it lacks is the whole world, and a language its own choice. */
function toPlace(region: string | undefined): Record<string, string> {
  if (region === undefined) return {};
  const [language = "", country = ""] = region.split("-");
  const known = ownLanguages[region] ?? (languages.split(" ").includes(language) ? language : undefined);
  return {
    country: countries.split(" ").includes(country) ? country : "ALL",
    ...(known !== undefined && { search_lang: known }),
  };
}
