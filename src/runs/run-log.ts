import type { Log } from "../lib/log.ts";
import type { RunObserver } from "./observer.ts";

/**
 * Tells of each run at its end: of one that failed always, of the others at `level`. Neither what was asked nor what a vendor
 * said is told, for vendors quote what they refuse.
 */
export function createRunLog(log: Log, level: "info" | "debug"): RunObserver {
  return {
    ended({ row, trace }) {
      const hasFailed = row.outcome === "error";
      log[hasFailed ? "info" : level](hasFailed ? "an answer failed" : "an answer ended", {
        run: row.run_id,
        owner: row.owner,
        ...(row.key_id !== null && { key: row.key_id }),
        provider: row.provider,
        model: row.model,
        reason: row.outcome,
        ...(row.error !== null && { error_code: row.error }),
        attempts: trace.attempts.length,
        tokens: row.total_tokens,
        first_token_ms: row.first_token_ms,
        ms: row.duration_ms,
      });
    },
  };
}
