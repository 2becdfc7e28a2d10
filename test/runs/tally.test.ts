import { describe, expect, test } from "bun:test";
import { sumUsage } from "../../src/protocol/usage-sum.ts";
import { createTally, sumCosts } from "../../src/runs/tally.ts";

const messages = [{ role: "user" as const, content: "x".repeat(40) }];
function tallyOfNothing() {
  const tally = createTally();
  tally.ask(messages);
  return tally;
}

/** A tally of an answer of ten tokens. */
function tallyOfTen() {
  const tally = tallyOfNothing();
  tally.add({ type: "content", content: "y".repeat(36) });
  tally.add({ type: "reasoning", token: "z".repeat(4) });
  return tally;
}

describe("what a run used is", () => {
  test("nothing, where nothing was said and nothing was told", () => {
    expect(tallyOfNothing().usage()).toBeUndefined();
  });

  test("what the upstream tells, later numbers in place of earlier ones", () => {
    const tally = tallyOfTen();
    tally.tell({ prompt_tokens: 5, completion_tokens: 1 });
    tally.tell({ completion_tokens: 7, total_tokens: 13 });
    expect(tally.usage()).toEqual({ prompt_tokens: 5, completion_tokens: 7, total_tokens: 13 });
  });

  test("estimated where the upstream tells nothing, or nothing of the answer", () => {
    const silent = { prompt_tokens: 14, completion_tokens: 10, total_tokens: 24, estimated: true as const };
    expect(tallyOfTen().usage()).toEqual(silent);
    const half = tallyOfTen();
    half.tell({ prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 });
    expect(half.usage()).toEqual({ ...silent, prompt_tokens: 5, total_tokens: 15 });
  });

  test("told of the prompt alone, where the answer was empty", () => {
    const tally = tallyOfNothing();
    tally.tell({ prompt_tokens: 5, completion_tokens: 0 });
    expect(tally.usage()).toEqual({ prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 });
  });
});

describe("what several questions used is", () => {
  const one = { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 };

  test("their sum, with the details that any of them tells, estimated where one is", () => {
    expect(sumUsage([])).toBeUndefined();
    expect(sumUsage([undefined, one])).toEqual(one);
    const cached = { ...one, prompt_tokens_details: { cached_tokens: 3 } };
    const guessed = { ...cached, estimated: true as const, completion_tokens_details: { reasoning_tokens: 1 } };
    expect(sumUsage([one, cached, undefined, guessed])).toEqual({
      prompt_tokens: 15,
      completion_tokens: 3,
      total_tokens: 18,
      prompt_tokens_details: { cached_tokens: 6 },
      completion_tokens_details: { reasoning_tokens: 1 },
      estimated: true,
    });
  });

  test("of no known cost where one of them has none", () => {
    expect([sumCosts([]), sumCosts([1, undefined]), sumCosts([0.1, 0.2])]).toEqual([undefined, undefined, 0.3]);
  });
});
