import { type Clock, utcDay } from "../../lib/clock.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import type { RunEvent } from "../../protocol/events.ts";
import type { Candidate } from "../../routing/candidate.ts";
import { readableTokens } from "../attachments/fit.ts";
import { toAskedSearch } from "./asked.ts";
import { citedNumbers } from "./cited.ts";
import type { GrantParts } from "./grant.ts";
import { whyNoSearch } from "./look-up.ts";
import { createRounds, type Rounds } from "./rounds.ts";
import type { NumberedSource } from "./sources.ts";
import { offerTools } from "./tools.ts";

/** A run whose model may search and read by itself. */
export interface Searching {
  /** What is asked, with our tools. */
  readonly request: ChatRequest;
  /** For the answer of one candidate, ended with its signal. */
  begin(candidate: Candidate, signal: AbortSignal): Rounds;
  /** Reads what is shown, for what it cites. */
  listen(batch: readonly RunEvent[]): void;
  /** The sources that the answer cites or that were read for it, in the order of their numbers. */
  used(): readonly NumberedSource[];
}

/** How much may be searched for in one answer. */
export interface SearchLimits {
  readonly maxRounds: number;
  /** Of one page. */
  readonly maxWords: number;
  /** Of one search, or of reading one page. */
  readonly timeoutMs: number;
}

export interface SearchingParts extends Omit<GrantParts, "read" | "maxWords" | "timeoutMs"> {
  readonly candidates: readonly Candidate[];
  readonly searchLimits: SearchLimits;
  readonly clock: Clock;
}

/** `undefined` where the model is not to search by itself, or cannot, which is noted. */
export function createSearching(request: ChatRequest, parts: SearchingParts): Searching | undefined {
  const { webSearch, candidates, sources, searchLimits, clock, note } = parts;
  if (toAskedSearch(request)?.is !== "tools") return undefined;
  const whyNot = whyNoSearch(candidates, webSearch);
  if (whyNot !== undefined) {
    note(`web search: the model was not given it, since ${whyNot}`);
    return undefined;
  }
  const offer = offerTools(request, utcDay(clock()), note);
  if (!offer) return undefined;
  // Those of an answer that is gone on from.
  const read = new Set(sources.all.map(([number]) => number));
  let text = "";
  return {
    request: offer.request,
    begin: (candidate, signal) =>
      createRounds({ ...parts, ...searchLimits, offer, read, maxTokens: readableTokens(candidate), signal }),
    listen(batch) {
      for (const event of batch) if (event.type === "content") text += event.content;
    },
    used() {
      const cited = citedNumbers(text, sources.all);
      return sources.all.filter(([number]) => read.has(number) || cited.has(number)).toSorted(([a], [b]) => a - b);
    },
  };
}
