import type { Clock } from "../lib/clock.ts";
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

export function createRuns({ router, health, usage, clock, log, maxRuns, limits }: RunsParts): Runs {
  const running = new Map<string, AbortController>();
  let starting = 0;
  let isDraining = false;
  let whenIdle: (() => void) | undefined;

  return {
    async start(request, owner) {
      if (isDraining)
        throw new ApiError("shutting_down", "the server is stopping; try again in a moment", { retryAfterMs: 5000 });
      if (running.size + starting >= maxRuns) {
        throw new ApiError("too_many_runs", `${maxRuns} answers are being produced already; try again in a moment`, {
          retryAfterMs: 1000,
        });
      }
      starting++;
      const plan = await router.plan(request).finally(() => starting--);
      const id = createId("run");
      const controller = new AbortController();
      running.set(id, controller);
      const record = usage.insert;
      const inner = run(request, { id, owner, plan, signal: controller.signal, clock, health, log, record, limits });
      return { id, events: leaveAtEnd(inner, controller, () => leave(id)), cancel: () => controller.abort() };
    },

    async drain(ms) {
      isDraining = true;
      if (running.size === 0) return;
      const idle = new Promise<void>((resolve) => (whenIdle = resolve));
      const timer = setTimeout(() => running.forEach((controller) => controller.abort()), ms);
      await idle;
      clearTimeout(timer);
    },
  };

  function leave(id: string): void {
    running.delete(id);
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
      const result = await inner.next();
      if (result.done) leave();
      return result;
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
