import { at } from "../../lib/json.ts";
import type { SearchEngine } from "../engine.ts";
import { askForJson, type EngineParts, unreadable } from "./ask.ts";
import { toResults } from "./result.ts";

const name = "SearXNG";

const meanings = {
  401: "it wants a name and a password, which cannot be sent: let this machine ask it without",
  403: "it does not answer in JSON: add json to search.formats in its settings.yml",
  429: "it asks to wait: let this machine pass its limiter (limiter.toml)",
};

const safety = { off: "0", moderate: "1", strict: "2" };

/** https://docs.searxng.org/dev/search_api.html; `address` is that of its page, with the path that it lies under. */
export function createSearxng({ pages, address }: EngineParts): SearchEngine {
  return {
    name,
    async search({ text, count, region, safeSearch }, signal) {
      const asked = new URL(address);
      asked.pathname = asked.pathname.replace(/(\/search)?\/*$/, "/search");
      asked.search = new URLSearchParams({
        q: text,
        format: "json",
        ...(region !== undefined && { language: region }),
        safesearch: safety[safeSearch],
        pageno: "1",
      }).toString();
      const found = at(await askForJson({ name, pages, address: asked, meanings, signal }), "results");
      if (!Array.isArray(found)) throw unreadable(name);
      return toResults(found, count, { snippet: "content" });
    },
  };
}
