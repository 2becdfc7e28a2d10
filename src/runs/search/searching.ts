import { type Clock, utcDay } from "../../lib/clock.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import type { RunEvent } from "../../protocol/events.ts";
import type { Candidate } from "../../routing/candidate.ts";
import type { ToolKind } from "../tools/tool-kind.ts";
import { toAskedSearch } from "./asked.ts";
import { citedNumbers } from "./cited.ts";
import { grant, type GrantParts } from "./grant.ts";
import { whyNoSearch } from "./look-up.ts";
import type { NumberedSource } from "./sources.ts";
import { searchingStatus } from "./status.ts";
import { createSearchTools } from "./tools.ts";
import { toLabelled, toWish } from "./wish.ts";

/** A run whose model may search and read by itself. */
export interface Searching {
  /** What it does so with. */
  readonly kind: ToolKind;
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
  // Those of an answer that is gone on from.
  const read = new Set(sources.all.map(([number]) => number));
  let text = "";
  return {
    kind: {
      label: "web search",
      tools: createSearchTools(utcDay(clock())),
      maxRounds: searchLimits.maxRounds,
      status: searchingStatus,
      whySpent: "it had searched as often as it may",
      lastWords: "Nothing more can be searched for or read: answer now, with what there is.",
      read(call) {
        const wish = toWish(call);
        return {
          shown: toLabelled(wish),
          grant: ({ signal }) => grant(wish, signal, { ...parts, ...searchLimits, read }),
        };
      },
    },
    listen(batch) {
      for (const event of batch) if (event.type === "content") text += event.content;
    },
    used() {
      const cited = citedNumbers(text, sources.all);
      return sources.all.filter(([number]) => read.has(number) || cited.has(number)).toSorted(([a], [b]) => a - b);
    },
  };
}
