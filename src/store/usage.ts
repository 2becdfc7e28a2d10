import type { Database } from "bun:sqlite";
import type { FinishReason } from "../protocol/events.ts";
import type { Writer } from "./writer.ts";

/** What one run used, and how it ended. */
export interface UsageRow {
  readonly run_id: string;
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly created_at: number;
  /** UTC, `2026-11-24`. */
  readonly day: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** In US dollars, where it is known. */
  readonly cost: number | null;
  /** The rest of the usage event, as JSON: cached and reasoning tokens, `estimated`. */
  readonly details: string;
  readonly outcome: FinishReason;
  /** The class of the error that ended the run. */
  readonly error: string | null;
  readonly duration_ms: number;
  readonly first_token_ms: number | null;
}

export interface UsageTable {
  /** The same run twice counts once: the first row stays. */
  insert(row: UsageRow): Promise<void>;
  find(runId: string): Promise<UsageRow | undefined>;
}

const columns = `run_id, owner, created_at, day, provider, model, prompt_tokens, completion_tokens, total_tokens, cost,
  details, outcome, error, duration_ms, first_token_ms`;

export function openUsageTable(database: Database, writer: Writer): UsageTable {
  const insert = database.query(
    `INSERT INTO usage (${columns}) VALUES ($run_id, $owner, $created_at, $day, $provider, $model, $prompt_tokens,
      $completion_tokens, $total_tokens, $cost, $details, $outcome, $error, $duration_ms, $first_token_ms)
     ON CONFLICT (run_id) DO NOTHING`,
  );
  const find = database.query<UsageRow, [string]>(`SELECT ${columns} FROM usage WHERE run_id = ?`);
  return {
    insert: async (row) => void (await writer.write(() => insert.run({ ...row }))),
    find: async (runId) => find.get(runId) ?? undefined,
  };
}
