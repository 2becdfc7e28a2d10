import type { Services } from "../../services.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, warn, fail, skip } = findingsAbout("search");

/** Which engines are set up; asked are they only where that is wanted: some are paid for each question. */
export async function checkSearch({ webSearch }: Services, isAsked: boolean): Promise<Finding[]> {
  const { engines } = webSearch;
  if (engines.length === 0) return [skip("web search", "off: no search engine is set up")];
  if (!isAsked)
    return [
      skip(
        "web search",
        `it asks ${engines.join(", then ")}; not asked now, which --search does and some are paid for`,
      ),
    ];
  const told = await webSearch.tryEach("weather", AbortSignal.timeout(30_000));
  return told.map(({ name, milliseconds, count, failure }) => {
    if (failure !== undefined) return fail(name, failure, "see search_engines, and parley config print --origins");
    const found = `${count} results, ${milliseconds} ms`;
    return count === 0
      ? warn(name, found, "does it answer in a browser?", { milliseconds })
      : ok(name, found, null, { milliseconds });
  });
}
