import type { Clock } from "../lib/clock.ts";
import type { ApiError, ErrorCode } from "../protocol/errors.ts";
import type { ProviderStatus } from "../protocol/models.ts";

export interface Health {
  status(name: string): ProviderStatus;
  /** Milliseconds until the router may try it again; 0 now. */
  coolingMs(name: string): number;
  /**
   * Says that the router is about to try it. After a cooling only one run does: the others find it cooling until
   * that one has come back.
   */
  claim(name: string): void;
  succeeded(name: string): void;
  failed(name: string, failure: ApiError): void;
}

interface Condition {
  failures: number;
  coolsUntil: number;
  lastSucceeded: boolean;
}

/**
 * How long the router leaves a provider alone after a failure that says something of it rather than of the question,
 * in seconds. The numbers are arbitrary; `Retry-After` of a 429 or 503 takes their place.
 */
const coolingSeconds: Partial<{ [code in ErrorCode]: number }> = {
  rate_limited: 30,
  upstream_failed: 15,
  upstream_timeout: 15,
  missing_auth: 60,
  payment_required: 300,
};

/** Each further failure doubles the cooling, up to this. */
const maxCoolingMs = 10 * 60_000;
/** How long the one run that tries a cooled provider keeps the others away. */
const probeMs = 15_000;

export function createHealth(clock: Clock): Health {
  const records = new Map<string, Condition>();

  const succeeded = (name: string) => void records.set(name, { failures: 0, coolsUntil: 0, lastSucceeded: true });

  return {
    status(name) {
      const record = records.get(name);
      if (record === undefined) return "unknown";
      if (record.coolsUntil > clock()) return "cooling";
      return record.lastSucceeded ? "up" : "down";
    },
    coolingMs: (name) => Math.max(0, (records.get(name)?.coolsUntil ?? 0) - clock()),
    claim(name) {
      const record = records.get(name);
      if (record && record.failures > 0) record.coolsUntil = Math.max(record.coolsUntil, clock() + probeMs);
    },
    succeeded,
    failed(name, { reason, retryAfterMs }) {
      // Our own mistake says nothing of the provider.
      if (reason === "internal") return;
      const seconds = coolingSeconds[reason];
      // The question was at fault: the provider has answered, and is well.
      if (seconds === undefined) return succeeded(name);
      const failures = (records.get(name)?.failures ?? 0) + 1;
      const coolingMs = retryAfterMs ?? seconds * 1000 * 2 ** (failures - 1);
      records.set(name, {
        failures,
        coolsUntil: clock() + Math.min(coolingMs, maxCoolingMs),
        lastSucceeded: false,
      });
    },
  };
}
