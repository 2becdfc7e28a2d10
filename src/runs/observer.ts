import type { Caller } from "../protocol/caller.ts";
import type { RunTrace } from "../protocol/trace.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { UsageRow } from "../store/usage.ts";

/** How a run went. */
export interface EndedRun {
  readonly row: UsageRow;
  readonly trace: RunTrace;
  readonly caller: Pick<Caller, "parent">;
  /** Who might have answered. */
  readonly candidates: readonly Pick<Candidate, "provider" | "model" | "isCallers">[];
  /** Where it belongs to a chat. */
  readonly chatId: string | null;
}

/** Who hears of every run that ends, whatever its door: what counts them, and what traces them. It neither throws nor waits. */
export interface RunObserver {
  ended(run: EndedRun): void;
}
