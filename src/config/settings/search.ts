import { Type } from "@sinclair/typebox";
import { safeSearches, searchEngines } from "../../protocol/search.ts";
import { address, choice, flag, seconds, secret } from "../setting-kinds.ts";

/** How the web is searched. */
export const searchSettings = {
  search_engines: Type.Array(choice("An engine", [...searchEngines, "off"]), {
    description:
      "Search engines, in the order in which they are asked; those without an address or key are left out. `off`: no web search",
    default: [...searchEngines],
  }),
  searxng_url: address("Address of a SearXNG that answers in JSON"),
  brave_api_key: secret("Key of Brave's search; `BRAVE_API_KEY` does as well", "BRAVE_API_KEY"),
  tavily_api_key: secret("Key of Tavily's search; `TAVILY_API_KEY` does as well", "TAVILY_API_KEY"),
  search_region: Type.String({
    description: "Language and country of what is searched for, as `de-DE`; the engine's own choice if empty",
    default: "",
    pattern: "^([a-z]{2}-[A-Z]{2})?$",
    expected: "a language and a country, such as de-DE",
  }),
  safe_search: choice("What search engines leave out", safeSearches, "moderate"),
  search_timeout: seconds("Longest time for a web search and for reading what it finds, before an answer begins", 10),
  search_results: Type.Integer({
    description: "How many pages of a search are read",
    default: 5,
    minimum: 1,
    maximum: 20,
  }),
  max_words: Type.Integer({
    description: "Most words of web pages that are put before a question",
    default: 2500,
    minimum: 1,
    maximum: 100_000,
  }),
  search_rounds: Type.Integer({
    description: 'How often a model may search or read within an answer, with `web_search: "auto"`',
    default: 5,
    minimum: 1,
    maximum: 50,
  }),
  tool_rounds: Type.Integer({
    description:
      "How often a model may call tools of MCP servers within an answer; what it searches for meanwhile counts too",
    default: 10,
    minimum: 1,
    maximum: 100,
  }),
  robots: flag("Leave alone what a site's robots.txt asks to be left alone", true),
  max_cache: Type.Integer({
    description: "What kept searches, pages and quick answers may take on disk, in bytes; the oldest go first",
    default: 256 * 1024 ** 2,
    minimum: 1024 * 1024,
  }),
  answer_retention: Type.Number({
    description: "How many days the answers that quick create was asked to keep (`cache`) are kept",
    default: 30,
    exclusiveMinimum: 0,
    maximum: 36_500,
  }),
};
