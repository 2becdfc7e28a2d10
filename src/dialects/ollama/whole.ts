import type { Collected } from "../collected.ts";
import { type Shape, toEnd, toMoment } from "./lines.ts";
import type { Durations } from "./timing.ts";

/** An answer as one object. @param now milliseconds since 1970 */
export function toWhole(
  { text, reasoning, calls, logprobs, usage, reason = "stop" }: Collected,
  { model, shape, durations, now }: { model: string; shape: Shape; durations: Durations; now: number },
): object {
  return {
    model,
    created_at: toMoment(now),
    ...shape({ content: text, thinking: reasoning, calls, logprobs }),
    ...toEnd(reason, usage, durations),
  };
}

/** What is answered where a model was only to be made ready, or let go. */
export function toReady(model: string, shape: Shape, isUnload: boolean, now: number): object {
  return {
    model,
    created_at: toMoment(now),
    ...shape({ content: "" }),
    done: true,
    done_reason: isUnload ? "unload" : "load",
  };
}
