import type { UsageRow } from "../../src/store/usage.ts";

/** The row of a run, for tests that are about others of its columns. */
export const usageRow: UsageRow = {
  run_id: "run_1",
  owner: "local",
  key_id: null,
  user: null,
  created_at: 1,
  day: "2026-11-24",
  provider: "A",
  model: "m",
  prompt_tokens: 1,
  completion_tokens: 2,
  total_tokens: 3,
  saved_tokens: 0,
  cost: null,
  details: "{}",
  outcome: "stop",
  error: null,
  duration_ms: 5,
  first_token_ms: null,
};
