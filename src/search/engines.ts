import type { Clock } from "../lib/clock.ts";
import type { SearchEngineId } from "../protocol/search.ts";
import type { SearchEngine } from "./engine.ts";
import { createSearxng } from "./engines/searxng.ts";
import { createFirstAnswer, type FirstAnswer } from "./first-answer.ts";
import type { Pages } from "./page.ts";

/** What the settings say of engines, by their names there. */
export interface EngineSettings {
  readonly search_engines: readonly SearchEngineId[];
  readonly searxng_url: string;
  readonly brave_api_key: string;
  readonly tavily_api_key: string;
}

export interface EnginesParts {
  /** Pages that may also be fetched from these hosts, `host:port`. */
  readonly toPages: (...more: readonly string[]) => Pages;
  readonly clock: Clock;
}

/** The engines that are set up, in the settings' order, asked one after the other. */
export function createEngines(settings: EngineSettings, { toPages, clock }: EnginesParts): FirstAnswer {
  const create: Partial<Record<SearchEngineId, () => SearchEngine | undefined>> = {
    searxng() {
      const address = settings.searxng_url;
      // It may be inside: the operator says so. Where it sends on to is judged like any other address.
      return address === "" ? undefined : createSearxng({ pages: toPages(hostPortOf(new URL(address))), address });
    },
  };
  const ids = [...new Set(settings.search_engines)];
  return createFirstAnswer(
    ids.flatMap((id) => create[id]?.() ?? []),
    clock,
  );
}

function hostPortOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
