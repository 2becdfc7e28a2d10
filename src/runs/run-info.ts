import { toTime } from "../lib/clock.ts";
import { tryParseJson } from "../lib/json.ts";
import type { RunInfo } from "../protocol/runs.ts";
import type { Usage } from "../protocol/events.ts";
import type { RunRow } from "../store/journal.ts";

/** A run as callers see it. */
export function toRunInfo(row: RunRow): RunInfo {
  const { id, state, reason, provider, model, sequence, chat_id, resumable, created_at, ended_at } = row;
  return {
    run_id: id,
    state,
    reason,
    provider,
    model,
    sequence,
    // Written by us, from a usage event.
    usage: row.usage === null ? null : ((tryParseJson(row.usage) ?? null) as Usage | null),
    chat_id,
    resumable: resumable === 1,
    created_at: toTime(created_at),
    ended_at: toTime(ended_at),
  };
}
