import { ApiError } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/events.ts";
import { failureEvent } from "../protocol/failure-event.ts";

/** Why a run ends that the server's own end cuts short. */
export function interruption({ isJournalled }: { readonly isJournalled: boolean }): ApiError {
  const cure = isJournalled ? 'ask again, or go on with it by "action": "continue" and its "run_id"' : "ask again";
  return new ApiError("shutting_down", `the server stopped in the middle of this answer; ${cure}`);
}

/** How a run ends that was cut short without a chance to say so. */
export function interruptedEvents(): RunEvent[] {
  return [failureEvent(interruption({ isJournalled: true })), { type: "finish", finish: { reason: "error" } }];
}
