import type { Clock } from "../lib/clock.ts";
import { within } from "../lib/deadline.ts";
import { createId } from "../lib/ids.ts";
import type { Log } from "../lib/log.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { Health } from "../providers/health.ts";
import type { Router } from "../providers/router.ts";
import type { UsageTable } from "../store/usage.ts";
import { run } from "./run.ts";

/** An answer being produced. */
export interface Run {
  readonly id: string;
  /** Its events, for one reader; ending the iteration early cancels the run. */
  readonly events: AsyncIterableIterator<RunEvent[]>;
  /** Stops it, and the upstream's work for it, at once. */
  cancel(): void;
}

export interface Runs {
  /** @throws {ApiError} for whatever can be known before the first event. */
  start(request: ChatRequest, owner: string): Promise<Run>;
  /** Refuses new runs and waits until those that are running end, at most `ms`; then cancels them. */
  drain(ms: number): Promise<void>;
}

export interface RunsParts {
  readonly router: Router;
  readonly health: Health;
  readonly usage: UsageTable;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxRuns: number;
  readonly limits: { readonly runMs: number; readonly silenceMs: number };
}

/** How long a reader may take to fetch the last events of a run that is over, before the run ends without it. */
const lastEventsMs = 2_000;

interface Running {
  cancel(): void;
  /** Ends it wherever it stands, its row written, though its reader has not fetched its last events. */
  abandon(): Promise<void>;
}

export function createRuns({ router, health, usage, clock, log, maxRuns, limits }: RunsParts): Runs {
  const running = new Set<Running>();
  let starting = 0;
  let isDraining = false;
  let whenIdle: (() => void) | undefined;

  return {
    async start(request, owner) {
      assertOpen();
      if (running.size + starting >= maxRuns) {
        throw new ApiError("too_many_runs", `${maxRuns} answers are being produced already; try again in a moment`, {
          retryAfterMs: 1000,
        });
      }
      starting++;
      const plan = await router.plan(request).finally(() => starting--);
      assertOpen();
      const id = createId("run");
      const controller = new AbortController();
      const timeoutMs = Math.min(limits.runMs, (request.timeout ?? Infinity) * 1000);
      const { signal } = controller;
      const { silenceMs } = limits;
      const record = usage.insert;
      const inner = run(request, { id, owner, plan, signal, clock, health, log, record, timeoutMs, silenceMs });

      const here: Running = {
        cancel: () => controller.abort(),
        async abandon() {
          controller.abort();
          await inner.return(undefined);
          leaveHere();
        },
      };
      running.add(here);
      // A reader that has stopped reading would hold the run, and its place among `maxRuns`, for ever.
      const timer = setTimeout(() => void here.abandon(), timeoutMs + lastEventsMs);
      const leaveHere = () => {
        clearTimeout(timer);
        leave(here);
      };
      return { id, events: leaveAtEnd(inner, controller, leaveHere), cancel: here.cancel };
    },

    async drain(ms) {
      isDraining = true;
      if (running.size === 0) return;
      const idle = new Promise<void>((resolve) => (whenIdle = resolve));
      const timer = setTimeout(() => running.forEach((each) => each.cancel()), ms);
      await within(idle, ms + lastEventsMs);
      clearTimeout(timer);
      await Promise.all([...running].map((each) => each.abandon()));
    },
  };

  function assertOpen(): void {
    if (isDraining)
      throw new ApiError("shutting_down", "the server is stopping; try again in a moment", { retryAfterMs: 5000 });
  }

  function leave(each: Running): void {
    running.delete(each);
    if (running.size === 0) whenIdle?.();
  }
}

/** Not a generator: one whose reader left before the first step would never reach its `finally`. */
function leaveAtEnd(
  inner: AsyncGenerator<RunEvent[]>,
  controller: AbortController,
  leave: () => void,
): AsyncIterableIterator<RunEvent[]> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const result = await inner.next();
        if (result.done) leave();
        return result;
      } catch (thrown) {
        leave();
        throw thrown;
      }
    },
    async return() {
      controller.abort();
      try {
        return await inner.return(undefined);
      } finally {
        leave();
      }
    },
  };
}
