import type { ErrorClass } from "../src/protocol/errors.ts";
import type { EventOf } from "../src/protocol/events.ts";
import { ParleyError } from "./errors.ts";

/** The event that a run failed with, as what is thrown. */
export function runFailure(event: EventOf<"error"> | EventOf<"auth">): ParleyError {
  // The contract leaves room for classes that are still to come.
  const failed = (event.type === "auth" ? event.auth : event.error) as ErrorClass;
  return new ParleyError("run_failed", event.message, { class: failed });
}
