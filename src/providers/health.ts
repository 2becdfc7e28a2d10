import type { Clock } from "../lib/clock.ts";
import type { ApiError, ErrorClass, ErrorCode } from "../protocol/errors.ts";
import type { ProviderStatus } from "../protocol/models.ts";
import type { Candidate } from "./candidate.ts";
import type { Provider } from "./provider.ts";

/**
 * What is known of the providers from what they answered. Nothing is kept of what happened with a caller's own key:
 * it has limits of its own.
 */
export interface Health {
  status(provider: Listed): ProviderStatus;
  /** Whether asking it makes sense: not while its keys are refused, nor for a model that is missing. */
  isCallable(provider: Listed, model: string): boolean;
  /** Whether it has said, a while ago at most, that it does not have a model. */
  isMissing(name: string, model: string): boolean;
  lastFailure(name: string): Failure | undefined;
  /** Failures within five minutes. */
  errors(name: string): number;
  /** Moving average of the time to the first token, of one model or of the one that answered last. */
  latencyMs(name: string, model?: string): number | undefined;
  /** Until when the router leaves it alone, and why; `undefined` when it may be tried now. */
  cooling(candidate: Candidate): Cooling | undefined;
  /**
   * Says that the router is about to try it. After a cooling only one run does: the others find it cooling until
   * that one has come back.
   */
  claim(candidate: Candidate): void;
  /** `firstTokenMs`: how long it took to its first token. */
  succeeded(candidate: Candidate, firstTokenMs?: number): void;
  failed(candidate: Candidate, failure: ApiError): void;
  /** Another one was faster: it had said nothing for so long. */
  outrun(candidate: Candidate, waitedMs: number): void;
  /** It is there again. */
  reset(name: string): void;
}

type Listed = Pick<Provider, "name" | "keyCount">;

export interface Cooling {
  readonly ms: number;
  readonly after: ErrorClass;
}

export interface Failure {
  readonly error: ErrorClass;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface Condition {
  failures: number;
  coolsUntil: number;
  /** What ended the last answer; `undefined` where it succeeded. */
  reason: ErrorCode | undefined;
  after: ErrorClass;
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

/** Failures of an account rather than of the server: where there are several keys, the others are as good as before. */
const ofTheKey: ReadonlySet<ErrorCode> = new Set(["rate_limited", "missing_auth", "payment_required"]);

/** Each further failure doubles the cooling, up to this. */
const maxCoolingMs = 10 * 60_000;
/** How long the one run that tries a cooled provider keeps the others away. */
const probeMs = 15_000;
/** How long a model is believed to be missing. */
const missingMs = 10 * 60_000;
const errorsMs = 5 * 60_000;
/** Arbitrary: enough to tell one failure from many. */
const maxErrors = 100;

export function createHealth(clock: Clock): Health {
  const conditions = new Map<string, Condition>();
  const missing = new Map<string, number>();
  const errors = new Map<string, number[]>();
  const failures = new Map<string, Failure>();
  const latencies = new Map<string, Latency>();

  const keysOf = ({ name, keyCount }: Listed) =>
    keyCount > 1 ? Array.from({ length: keyCount }, (_, index) => keyName(name, index)) : [];
  const coolsUntil = (name: string) => conditions.get(name)?.coolsUntil ?? 0;
  const isRefused = (name: string) => {
    const { reason } = conditions.get(name) ?? {};
    // Somebody may be mending it: when the cooling is over it is as good as any.
    return coolsUntil(name) > clock() && (reason === "missing_auth" || reason === "payment_required");
  };

  const isMissing: Health["isMissing"] = (name, model) => (missing.get(modelName(name, model)) ?? 0) > clock();

  const cooling: Health["cooling"] = (candidate) => {
    if (candidate.apiKey !== undefined) return undefined;
    const { provider, keyIndex } = candidate;
    if (provider.keyCount > 1 && keyIndex === undefined) {
      // While one of its keys can be used the provider can.
      const each = Array.from({ length: provider.keyCount }, (_, index) => cooling({ ...candidate, keyIndex: index }));
      return each.reduce((least, next) =>
        least && next && next.ms < least.ms ? next : least && next ? least : undefined,
      );
    }
    const [longest] = placesOf(candidate)
      .flatMap((name) => conditions.get(name) ?? [])
      .sort((a, b) => b.coolsUntil - a.coolsUntil);
    if (longest === undefined || longest.coolsUntil <= clock()) return undefined;
    return { ms: longest.coolsUntil - clock(), after: longest.after };
  };

  return {
    status(provider) {
      const keys = keysOf(provider);
      const own = conditions.get(provider.name);
      const areAllCooling = keys.length > 0 && keys.every((key) => coolsUntil(key) > clock());
      if (coolsUntil(provider.name) > clock() || areAllCooling) return "cooling";
      const known = keys.map((key) => conditions.get(key)).filter((condition) => condition !== undefined);
      if (own === undefined && known.length === 0) return "unknown";
      const isUp = own?.reason === undefined && (known.length === 0 || known.some(({ reason }) => !reason));
      return isUp ? "up" : "down";
    },
    isCallable(provider, model) {
      const keys = keysOf(provider);
      if (isRefused(provider.name) || (keys.length > 0 && keys.every(isRefused))) return false;
      return !isMissing(provider.name, model);
    },
    isMissing,
    lastFailure: (name) => failures.get(name),
    errors: (name) => (errors.get(name) ?? []).filter((at) => at > clock() - errorsMs).length,
    latencyMs(name, model) {
      const latency = latencies.get(model === undefined ? name : modelName(name, model));
      return latency && latency.ms * 2 ** ((latency.at - clock()) / latencyHalfLifeMs);
    },
    cooling,
    claim(candidate) {
      if (candidate.apiKey !== undefined) return;
      for (const name of placesOf(candidate)) {
        const condition = conditions.get(name);
        if (condition && condition.failures > 0)
          condition.coolsUntil = Math.max(condition.coolsUntil, clock() + probeMs);
      }
    },
    succeeded(candidate, firstTokenMs) {
      if (candidate.apiKey !== undefined) return;
      for (const name of placesOf(candidate)) clear(name);
      missing.delete(modelName(candidate.provider.name, candidate.model));
      if (firstTokenMs !== undefined) observe(candidate, firstTokenMs);
    },
    failed(candidate, failure) {
      const { reason } = failure;
      // Our own mistake says nothing of the provider.
      if (candidate.apiKey !== undefined || reason === "internal") return;
      const { name } = candidate.provider;
      if (reason === "model_not_found") missing.set(modelName(name, candidate.model), clock() + missingMs);
      const seconds = coolingSeconds[reason];
      // The question was at fault: the provider has answered, and is well.
      if (seconds === undefined) return placesOf(candidate).forEach(clear);
      failures.set(name, { error: failure.class, message: failure.message, at: clock() });
      errors.set(name, [...(errors.get(name) ?? []), clock()].slice(-maxErrors));
      cool(ofTheKey.has(reason) ? placeOfKey(candidate) : name, failure, seconds * 1000);
    },
    outrun(candidate, waitedMs) {
      if (candidate.apiKey !== undefined) return;
      const known = latencies.get(modelName(candidate.provider.name, candidate.model));
      if (known === undefined || waitedMs > known.ms) observe(candidate, waitedMs);
    },
    reset: clear,
  };

  function clear(name: string): void {
    conditions.set(name, { failures: 0, coolsUntil: 0, reason: undefined, after: "ResponseError" });
  }

  function cool(place: string, { reason, class: after, retryAfterMs }: ApiError, usualMs: number): void {
    const count = (conditions.get(place)?.failures ?? 0) + 1;
    const ms = Math.min(retryAfterMs ?? usualMs * 2 ** (count - 1), maxCoolingMs);
    conditions.set(place, { failures: count, coolsUntil: clock() + ms, reason, after });
  }

  function observe({ provider: { name }, model }: Candidate, ms: number): void {
    const averaged = withLatency(latencies.get(modelName(name, model)), ms, clock());
    latencies.set(modelName(name, model), averaged);
    latencies.set(name, averaged);
  }
}

interface Latency {
  readonly ms: number;
  readonly at: number;
}

/** The share of the newest answer in the average: arbitrary, about the last ten count. */
const newestShare = 0.2;
/** An average that nothing renews counts for half after so long, so that who was slow is tried again. */
const latencyHalfLifeMs = 5 * 60_000;

function withLatency(known: Latency | undefined, ms: number, at: number): Latency {
  return { ms: known ? known.ms * (1 - newestShare) + ms * newestShare : ms, at };
}

/** Where the condition of a candidate stands: with the provider, and with the key where it has several. */
function placesOf(candidate: Candidate): string[] {
  return [...new Set([candidate.provider.name, placeOfKey(candidate)])];
}

function placeOfKey({ provider: { name, keyCount }, keyIndex = 0 }: Candidate): string {
  return keyCount > 1 ? keyName(name, keyIndex) : name;
}

function keyName(name: string, index: number): string {
  return `${name}\n${index}`;
}

function modelName(name: string, model: string): string {
  return `${name}/${model}`;
}
