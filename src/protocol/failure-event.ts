import type { ApiError } from "./errors.ts";
import type { RunEvent } from "./events.ts";

/** A failure as the event that tells of it: a matter of keys has a type of its own. */
export function failureEvent(failure: ApiError): RunEvent {
  const message = `${failure.class}: ${failure.message}`;
  if (failure.class === "MissingAuthError") return { type: "auth", auth: failure.class, message };
  return { type: "error", error: failure.class, message };
}
