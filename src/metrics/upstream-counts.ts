import { type Count, createCounts, type Series } from "../lib/counts.ts";
import type { UpstreamWatch } from "../providers/provider.ts";

/** What became of requests to providers. */
export interface UpstreamCounts {
  readonly watch: UpstreamWatch;
  /** By provider and the class of the status: `2xx`; `none` where no answer came. */
  readonly requests: Series<Count>;
  /** By provider. */
  readonly cancelled: Series<Count>;
  /** By provider, of those that are under way. */
  readonly active: Series<Count>;
}

export function createUpstreamCounts(): UpstreamCounts {
  const requests = createCounts();
  const cancelled = createCounts();
  const active = createCounts();
  return {
    requests,
    cancelled,
    active,
    watch(provider) {
      const underWay = active.of(provider);
      underWay.value++;
      return (status, isCancelled) => {
        underWay.value--;
        requests.of(provider, status === undefined ? "none" : `${Math.floor(status / 100)}xx`).value++;
        if (isCancelled) cancelled.of(provider).value++;
      };
    },
  };
}
