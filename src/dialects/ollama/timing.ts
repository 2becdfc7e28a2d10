import type { NumberedEvent, RunEvent } from "../../protocol/events.ts";

/** How long the parts of an answer took, in nanoseconds. */
export interface Durations {
  readonly total_duration: number;
  /** Until the run began: what its messages name was brought in. */
  readonly load_duration: number;
  /** From there to the first word. */
  readonly prompt_eval_duration: number;
  /** From the first word on. */
  readonly eval_duration: number;
}

export interface Timing {
  note(events: readonly NumberedEvent[]): void;
  /** Until now. */
  read(): Durations;
}

/** Begins now. @param now milliseconds, of a clock that only goes on */
export function createTiming(now: () => number): Timing {
  const askedAt = now();
  let begunAt: number | undefined;
  let spokeAt: number | undefined;
  return {
    note(events) {
      begunAt ??= now();
      if (spokeAt === undefined && events.some(({ event }) => isWord(event))) spokeAt = now();
    },
    read() {
      const endedAt = now();
      const begun = begunAt ?? endedAt;
      const spoke = spokeAt ?? endedAt;
      return {
        total_duration: toNanoseconds(endedAt - askedAt),
        load_duration: toNanoseconds(begun - askedAt),
        prompt_eval_duration: toNanoseconds(spoke - begun),
        eval_duration: toNanoseconds(endedAt - spoke),
      };
    },
  };
}

function isWord(event: RunEvent): boolean {
  return (
    event.type === "content" || event.type === "tool_calls" || (event.type === "reasoning" && Boolean(event.token))
  );
}

function toNanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}
