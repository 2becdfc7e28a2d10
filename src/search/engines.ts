import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { hostPortOf } from "../lib/web-address.ts";
import type { SearchEngineId } from "../protocol/search.ts";
import type { SearchEngine } from "./engine.ts";
import { createBrave } from "./engines/brave.ts";
import { createDuckDuckGo } from "./engines/duckduckgo.ts";
import { createSearxng } from "./engines/searxng.ts";
import { createTavily } from "./engines/tavily.ts";
import { createFirstAnswer, type FirstAnswer } from "./first-answer.ts";
import type { Pages } from "./page.ts";

/** What the settings say of engines, by their names there. */
export interface EngineSettings {
  /** `off` among them: none is asked. */
  readonly search_engines: readonly (SearchEngineId | "off")[];
  readonly searxng_url: string;
  readonly brave_api_key: string;
  readonly tavily_api_key: string;
}

export interface EnginesParts {
  /** Pages that may also be fetched from these hosts, `host:port`. */
  readonly toPages: (...more: readonly string[]) => Pages;
  readonly clock: Clock;
  readonly log: Log;
}

/** The engines that are set up, in the settings' order, asked one after the other. */
export function createEngines(settings: EngineSettings, { toPages, clock, log }: EnginesParts): FirstAnswer {
  const asked = new Set(settings.search_engines);
  const ids = asked.has("off") ? [] : [...asked].filter((id) => id !== "off");
  return createFirstAnswer(
    ids.flatMap((id) => create[id](settings, toPages) ?? []),
    clock,
    log,
  );
}

type Create = (settings: EngineSettings, toPages: EnginesParts["toPages"]) => SearchEngine | undefined;

/** Each by its name in the settings; `undefined` where it is not set up. */
const create: Readonly<Record<SearchEngineId, Create>> = {
  searxng({ searxng_url: address }, toPages) {
    // It may be inside: the operator says so. Where it sends on to is judged like any other address.
    return address === "" ? undefined : createSearxng({ pages: toPages(hostPortOf(new URL(address))), address });
  },
  brave({ brave_api_key: key }, toPages) {
    const address = "https://api.search.brave.com/res/v1/web/search";
    return key === "" ? undefined : createBrave({ pages: toPages(), address, key });
  },
  tavily({ tavily_api_key: key }, toPages) {
    const address = "https://api.tavily.com/search";
    return key === "" ? undefined : createTavily({ pages: toPages(), address, key });
  },
  duckduckgo(_, toPages) {
    return createDuckDuckGo({ pages: toPages(), address: "https://html.duckduckgo.com/html/" });
  },
};
