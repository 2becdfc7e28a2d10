import {
  type Count,
  createCounts,
  createDistributions,
  type Distribution,
  observe,
  type Series,
} from "../lib/counts.ts";
import type { RunObserver } from "../runs/observer.ts";
import type { UsageRow } from "../store/usage.ts";

/** What became of runs, and of each try at one. */
export interface RunCounts {
  readonly observer: RunObserver;
  /** Those of a run, or of anything else that left a row. */
  readonly countTokens: (row: UsageRow) => void;
  /** By provider, outcome and the class of the error. */
  readonly runs: Series<Count>;
  /** By provider, in seconds. */
  readonly firstToken: Series<Distribution>;
  /** By provider and outcome, in seconds. */
  readonly duration: Series<Distribution>;
  /** By provider and kind. */
  readonly tokens: Series<Count>;
  /** By provider. */
  readonly savedTokens: Series<Count>;
  /** By provider, outcome, and whether it was asked beside a slow one. */
  readonly attempts: Series<Count>;
}

/** In seconds: from a model at hand to one that thinks; and from a word to a film. */
const firstTokenBounds = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
const durationBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];

export function createRunCounts(): RunCounts {
  const runs = createCounts();
  const firstToken = createDistributions(firstTokenBounds);
  const duration = createDistributions(durationBounds);
  const tokens = createCounts();
  const savedTokens = createCounts();
  const attempts = createCounts();

  const observer: RunObserver = {
    ended({ row, trace }) {
      const provider = row.provider ?? "";
      runs.of(provider, row.outcome, row.error ?? "").value++;
      observe(duration.of(provider, row.outcome), row.duration_ms / 1000);
      if (row.first_token_ms !== null) observe(firstToken.of(provider), row.first_token_ms / 1000);
      countTokens(row);
      for (const { provider: asked, outcome, hedge } of trace.attempts)
        attempts.of(asked, outcome, String(hedge)).value++;
    },
  };
  return { observer, countTokens, runs, firstToken, duration, tokens, savedTokens, attempts };

  function countTokens(row: UsageRow): void {
    const provider = row.provider ?? "";
    tokens.of(provider, "prompt").value += within(row.prompt_tokens);
    tokens.of(provider, "completion").value += within(row.completion_tokens);
    savedTokens.of(provider).value += within(row.saved_tokens);
  }
}

/** A vendor that tells of less, or of more, has made a mistake, and would spoil what was counted before. */
function within(told: number): number {
  return Math.min(Math.max(0, told), 1e11);
}
