import type { RequestListener } from "../http/answered.ts";
import {
  type Count,
  createCounts,
  createDistributions,
  type Distribution,
  observe,
  type Series,
} from "../lib/counts.ts";

/** How requests are answered, by the patterns of their routes. */
export interface RequestCounts {
  /** By method, route and status. */
  readonly requests: Series<Count>;
  /** By method and route, in seconds until the head of the answer. */
  readonly duration: Series<Distribution>;
  /** By status: of those who asked for a WebSocket and got none. */
  readonly refusedSockets: Series<Count>;
  readonly listener: RequestListener;
}

/** In seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function createRequestCounts(): RequestCounts {
  const requests = createCounts();
  const duration = createDistributions(bounds);
  const refusedSockets = createCounts();
  return {
    requests,
    duration,
    refusedSockets,
    listener({ method, route, status, asksForSocket, seconds }) {
      const words = [methods.has(method) ? method : "other", route] as const;
      requests.of(...words, String(status)).value++;
      if (asksForSocket && status >= 400) refusedSockets.of(String(status)).value++;
      observe(duration.of(...words), seconds);
    },
  };
}
