import type { Buckets } from "../files/buckets.ts";
import type { Log } from "../lib/log.ts";
import type { MediaLibrary } from "../media/library.ts";
import type { Memory } from "../memory/memory.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { Budgets } from "../runs/budgets.ts";
import type { Runs } from "../runs/runs.ts";
import type { Speeches } from "../runs/speech.ts";
import type { WebSearch } from "../search/web-search.ts";
import type { Store } from "../store/index.ts";

/** Who is to answer. */
export interface Target extends Pick<ChatRequest, "model"> {
  readonly provider?: string | undefined;
}

/** What tools and resources are made of. */
export interface McpParts {
  readonly runs: Pick<Runs, "start">;
  readonly speeches: Pick<Speeches, "start">;
  readonly budgets: Pick<Budgets, "check">;
  readonly webSearch: WebSearch;
  readonly buckets: Buckets;
  readonly memory: Pick<Memory, "search">;
  readonly library: Pick<MediaLibrary, "store" | "uses">;
  readonly store: Pick<Store, "media" | "blobs" | "read">;
  readonly log: Log;
  /** Who is meant by a model's name, which may be `Provider/model`. */
  readonly toTarget: (model: string) => Promise<Target>;
  /** Who makes pictures, for those who name no model; `undefined` where nobody lists such a model. */
  readonly findPainter: () => Promise<Target | undefined>;
  /** Longest time for one search, or one page, in milliseconds. */
  readonly searchMs: number;
  /** Most calls of tools, and of resources, that are answered at once. */
  readonly maxCalls: number;
  readonly version: string;
}
