import { ApiError } from "../protocol/errors.ts";
import type { RequestId } from "./json-rpc.ts";

/** What is being answered, so that it can be ended by its id. */
export interface RunningCalls {
  /**
   * @param client who asks, as far as one is told from another
   * @throws {ApiError} `too_many_runs`
   */
  begin(client: string, id: RequestId, parent: AbortSignal): RunningCall;
  /** Where several of a client's have that id it is not known which is meant, and none is ended. */
  cancel(client: string, id: RequestId): void;
}

export interface RunningCall extends Disposable {
  /** Aborts when it is cancelled, and when its parent does. */
  readonly signal: AbortSignal;
}

export function createRunningCalls(maxCalls: number): RunningCalls {
  const running = new Map<string, Set<AbortController>>();
  let count = 0;

  return {
    begin(client, id, parent) {
      if (count >= maxCalls)
        throw new ApiError("too_many_runs", `${maxCalls} calls are being answered already; try again in a moment`, {
          retryAfterMs: 1000,
        });
      count++;
      const key = keyOf(client, id);
      const controller = new AbortController();
      const follow = () => controller.abort(parent.reason);
      parent.addEventListener("abort", follow);
      if (parent.aborted) follow();
      const alike = running.get(key) ?? new Set();
      running.set(key, alike.add(controller));
      return {
        signal: controller.signal,
        [Symbol.dispose]() {
          count--;
          parent.removeEventListener("abort", follow);
          alike.delete(controller);
          if (alike.size === 0) running.delete(key);
        },
      };
    },
    cancel(client, id) {
      const [meant, ...others] = running.get(keyOf(client, id)) ?? [];
      if (others.length === 0) meant?.abort(new ApiError("cancelled", "cancelled"));
    },
  };
}

/** The ids 1 and "1" are two. */
function keyOf(client: string, id: RequestId): string {
  return JSON.stringify([client, id]);
}
