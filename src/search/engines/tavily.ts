import { at } from "../../lib/json.ts";
import type { SearchEngine } from "../engine.ts";
import { askForJson, type KeyedEngineParts, unreadable } from "./ask.ts";
import { toQuery } from "./query.ts";
import { toResults } from "./result.ts";

const name = "Tavily";

const keyRefused = "its key was refused: check tavily_api_key";
const meanings = {
  401: keyRefused,
  403: keyRefused,
  429: "it asks to wait: too many questions in a minute",
  432: "the plan's questions are used up",
  433: "the limit of what may be spent beyond the plan is reached",
};

/** Who wants nothing that is unsafe gets no answer at all rather than one without that filter. */
const unfiltered = "it refused, as it does where the plan has no safe search: set safe_search to moderate";
const strictMeanings = { ...meanings, 400: unfiltered, 403: unfiltered, 422: unfiltered };

/**
 * https://docs.tavily.com/documentation/api-reference/endpoint/search. Its safe search is on or off, and is part of some
 * plans alone: so it is asked for where that is strict.
 */
export function createTavily({ pages, address, key }: KeyedEngineParts): SearchEngine {
  return {
    name,
    async search({ text, count, region, safeSearch }, signal) {
      const country = toCountry(region);
      const json = {
        query: toQuery(text, { maxLength: 400 }),
        topic: "general",
        search_depth: "basic",
        max_results: Math.min(count, 20),
        ...(country !== undefined && { country }),
        ...(safeSearch === "strict" && { safe_search: true }),
      };
      const sends = { headers: { accept: "application/json", authorization: `Bearer ${key}` }, json };
      const told = safeSearch === "strict" ? strictMeanings : meanings;
      const question = { name, pages, address: new URL(address), sends, meanings: told, signal };
      const found = at(await askForJson(question), "results");
      if (!Array.isArray(found)) throw unreadable(name);
      return toResults(found, count, { snippet: "content" });
    },
  };
}

const countries =
  "AD AE AF AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CF CG CH CL CM CN CO CR CU CV CY CZ " +
  "DE DJ DK DO DZ EC EE EG ER ES ET FI FJ FR GA GB GE GH GM GN GQ GR GT HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG " +
  "KH KM KP KR KW KZ LB LI LK LR LS LT LU LV LY MA MC MD ME MG MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ " +
  "OM PA PE PG PH PK PL PT PY QA RO RS RU RW SA SD SE SG SI SK SN SO SS SV SY TD TG TH TJ TM TN TR TT TW TZ UA UG US UY UZ " +
  "VE VN YE ZA ZM ZW";

/** Where Tavily keeps to an older name. */
const olderNames: Readonly<Record<string, string>> = { CZ: "czech republic", TR: "turkey" };

/** Its name in English, in lower case; a country that Tavily does not list would be refused. */
function toCountry(region: string | undefined): string | undefined {
  const code = region?.split("-")[1];
  if (code === undefined || !countries.split(" ").includes(code)) return undefined;
  const spelled = new Intl.DisplayNames(["en"], { type: "region" }).of(code) ?? "";
  // "Trinidad & Tobago", "Myanmar (Burma)", "Congo - Brazzaville".
  return (
    olderNames[code] ??
    spelled
      .toLowerCase()
      .replace(" & ", " and ")
      .replace(/ [(-].*$/, "")
  );
}
