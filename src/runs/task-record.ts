import { type Clock, msSince, utcDay } from "../lib/clock.ts";
import { createId } from "../lib/ids.ts";
import type { Log } from "../lib/log.ts";
import type { Caller } from "../protocol/caller.ts";
import { toApiError } from "../protocol/errors.ts";
import { costOf, type Prices } from "../providers/prices.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { UsageRow, UsageTable } from "../store/usage.ts";
import type { Budgets } from "./budgets.ts";

export interface TaskRecordParts {
  readonly usage: UsageTable;
  readonly budgets: Budgets;
  readonly prices: Prices;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of the row. */
  readonly countTokens: (row: UsageRow) => void;
}

export interface DoneTask {
  readonly caller: Caller;
  readonly startedAt: number;
  readonly candidate: Candidate;
  /** What vendors count instead of tokens. */
  readonly details: Readonly<Record<string, number>>;
  readonly tokens?: { readonly prompt: number; readonly completion: number } | undefined;
}

/**
 * The row of usage of something other than a run, under an id of its own: vendors want money for it as well, by other
 * measures than tokens. `thrown` is what it ended with, where it did not end well. Never throws.
 */
export async function recordTask(
  { usage, prices, clock, log, countTokens }: TaskRecordParts,
  { caller, startedAt, candidate, details, tokens }: DoneTask,
  thrown?: unknown,
): Promise<void> {
  const failure = thrown === undefined ? undefined : toApiError(thrown);
  const isCancelled = failure?.reason === "cancelled";
  const { provider, model } = candidate;
  const { prompt, completion } = tokens ?? { prompt: 0, completion: 0 };
  const counted = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  // What is counted otherwise has no price that we know.
  const pricing = tokens && prices.find(provider.name, [model], candidate.pricing);
  const row = {
    run_id: createId("task"),
    owner: caller.owner,
    key_id: caller.keyId,
    user: null,
    created_at: startedAt,
    day: utcDay(startedAt),
    provider: provider.name,
    model,
    ...counted,
    saved_tokens: 0,
    cost: pricing ? costOf(counted, pricing) : null,
    details: JSON.stringify(details),
    outcome: failure === undefined ? ("stop" as const) : isCancelled ? ("cancelled" as const) : ("error" as const),
    error: failure === undefined || isCancelled ? null : failure.class,
    duration_ms: msSince(startedAt, clock()),
    first_token_ms: null,
  };
  countTokens(row);
  await usage.insert(row).catch((error: unknown) => log.error("a usage row could not be written", { error }));
}
