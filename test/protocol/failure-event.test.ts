import { expect, test } from "bun:test";
import { ApiError, errorCodes, type ErrorCode } from "../../src/protocol/errors.ts";
import { failureEvent, fromFailureEvent } from "../../src/protocol/failure-event.ts";

const back = (event: ReturnType<typeof failureEvent>) => {
  if (event.type !== "error" && event.type !== "auth") throw new Error(`a failure became ${event.type}`);
  return fromFailureEvent(event);
};

test("a failure comes back from its event as it was, and from what was written of it with its class and text", () => {
  for (const reason of Object.keys(errorCodes) as ErrorCode[]) {
    const failure = new ApiError(reason, "it failed: twice", { retryAfterMs: 1000 });
    const event = failureEvent(failure);
    expect(back(event)).toBe(failure);
    const read = back(JSON.parse(JSON.stringify(event)));
    expect([read.class, read.message]).toEqual([failure.class, failure.message]);
  }
});

test("a class that nobody knows is an upstream's failure", () => {
  expect(fromFailureEvent({ type: "error", error: "__proto__", message: "x" }).reason).toBe("upstream_failed");
});
