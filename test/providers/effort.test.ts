import { expect, test } from "bun:test";
import { toKnownEffort } from "../../src/providers/responses/effort.ts";

test.each([
  ["gpt-5-mini", "none", "minimal"],
  ["gpt-5-2025-08-07", "max", "high"],
  ["gpt-5-pro", "low", "high"],
  ["gpt-5-codex", "minimal", "low"],
  ["gpt-5.1", "minimal", "low"],
  ["gpt-5.1", "none", "none"],
  ["gpt-5.1-codex-max", "xhigh", "xhigh"],
  ["gpt-5.4-mini", "max", "xhigh"],
  ["gpt-5.6-luna", "max", "max"],
  ["gpt-6-luna", "minimal", "low"],
  ["o4-mini", "none", "low"],
  ["o3", "xhigh", "high"],
  ["somebody-s", "max", "max"],
  ["gpt-5-mini", "as it likes", "as it likes"],
])("%s that is asked for %s tries %s", (model, effort, known) => {
  expect(toKnownEffort(model, effort)).toBe(known);
});
