import { tellRequestLimit } from "../dialects/request-limits.ts";
import type { Clock } from "../lib/clock.ts";
import { createRates } from "../lib/rate.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Access } from "./access.ts";
import { isOpenPath } from "./open-paths.ts";

/** How often each key may ask, whatever for: what is open to anybody does not count, nor does what comes on a socket. */
export interface RequestRates {
  /**
   * Counts a request whose caller is known, and says in `headers` how many more there may be.
   *
   * @throws {ApiError} `rate_limited`
   */
  check(request: Request, path: string, headers: Record<string, unknown>): void;
}

/** Of those whose requests are counted. Arbitrary: keys are the operator's, and few ask within the same minute. */
const maxKeys = 10_000;

/** @param usual how many in a minute, of keys that have no limit of their own; 0 for no limit */
export function createRequestRates(access: Pick<Access, "find">, clock: Clock, usual: number): RequestRates {
  const rates = createRates(clock, maxKeys);
  return {
    check(request, path, headers) {
      const { keyId, limits } = access.find(request) ?? {};
      const perMinute = limits?.requestsPerMinute ?? usual;
      if (keyId == null || perMinute === 0 || isOpenPath(path)) return;
      const state = rates.take(keyId, perMinute);
      Object.assign(headers, tellRequestLimit(state, request, path, clock()));
      if (state.isAllowed) return;
      throw new ApiError("rate_limited", `this key may ask ${perMinute} times a minute: try again in a moment`, {
        retryAfterMs: state.retryMs,
      });
    },
  };
}
