import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import type { ApiError, ErrorClass } from "../protocol/errors.ts";
import type { ProviderStatus } from "../protocol/models.ts";
import { type Candidate, isOurs } from "./candidate.ts";
import { type Cooling, createCoolings, isOfProvider, type Listed, type Target } from "./cooling.ts";
import { createLatencies } from "./latency.ts";

/**
 * What is known of the providers from what they answered. Nothing is learnt from what happened with a caller's own key,
 * which has limits of its own, or at a caller's own address.
 */
export interface Health {
  status(provider: Listed): ProviderStatus;
  /** Whether asking it makes sense: not while its keys are refused, nor for a model that is missing. */
  isCallable(provider: Listed, model: string): boolean;
  /** Whether it has said, a while ago at most, that it does not have a model. */
  isMissing(name: string, model: string): boolean;
  lastFailure(name: string): Failure | undefined;
  /** Failures within five minutes, up to a hundred. */
  errors(name: string): number;
  /** Moving average of the time to the first token, of one model or of the provider as a whole, in milliseconds. */
  latencyMs(name: string, model?: string): number | undefined;
  /** Until when the router leaves it alone, and why; `undefined` when it may be tried now. */
  cooling(target: Target & Pick<Candidate, "apiKey" | "isCallers">): Cooling | undefined;
  /** Says that it is about to be asked. Exactly one of the trial's ends is to be told. */
  begin(candidate: Candidate): Trial;
  /** It is there again. */
  reset(name: string): void;
}

/** One question, and what comes of it. */
export interface Trial {
  /** It has begun to answer: others may be sent to it. No end yet. */
  firstToken(): void;
  succeeded(): void;
  failed(failure: ApiError): void;
  /** Another one was faster. */
  outrun(): void;
  /** The caller left, or set limits of its own: nothing was learnt. */
  abandoned(): void;
}

export interface Failure {
  readonly error: ErrorClass;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How long a model is believed to be missing. */
const missingMs = 10 * 60_000;
const maxMissing = 10_000;
const errorsMs = 5 * 60_000;
/** More than a route's condition can ask for. */
const maxErrors = 100;

const nothing: Trial = { firstToken() {}, succeeded() {}, failed() {}, outrun() {}, abandoned() {} };

/** `wallClock` says when a failure was; `clock` how long ago, and is never set back. */
export function createHealth(clock: Clock, wallClock: Clock = clock): Health {
  const coolings = createCoolings(clock);
  const latencies = createLatencies(clock);
  const missing = new BoundedMap<string, number>(maxMissing);
  const errors = new Map<string, number[]>();
  const failures = new Map<string, Failure>();

  const isMissing: Health["isMissing"] = (name, model) => (missing.get(modelName(name, model)) ?? 0) > clock();
  const cooling: Health["cooling"] = (candidate) => (isOurs(candidate) ? coolings.find(candidate) : undefined);

  return {
    status(provider) {
      if (coolings.find({ provider, model: "" })) return "cooling";
      const isUp = coolings.isUp(provider);
      return isUp === undefined ? "unknown" : isUp ? "up" : "down";
    },
    isCallable: (provider, model) => !coolings.isRefused(provider) && !isMissing(provider.name, model),
    isMissing,
    lastFailure: (name) => failures.get(name),
    errors: (name) => (errors.get(name) ?? []).filter((at) => at > clock() - errorsMs).length,
    latencyMs: (name, model) => latencies.find(model === undefined ? name : modelName(name, model)),
    cooling,
    begin: (candidate) => (isOurs(candidate) ? createTrial(candidate) : nothing),
    reset: coolings.clear,
  };

  function createTrial(candidate: Candidate): Trial {
    const { provider, model } = candidate;
    const { name } = provider;
    const claim = coolings.claim(candidate);
    const startedAt = clock();
    const observe = (ms: number) => {
      latencies.observe(modelName(name, model), ms);
      latencies.observe(name, ms);
    };
    return {
      firstToken() {
        claim.begun();
        observe(clock() - startedAt);
      },
      succeeded() {
        claim.succeeded();
        missing.delete(modelName(name, model));
      },
      failed(failure) {
        claim.failed(failure);
        const { reason, class: error, isHearsay } = failure;
        if (reason === "model_not_found" && !isHearsay) missing.set(modelName(name, model), clock() + missingMs);
        if (!isOfProvider(failure)) return;
        failures.set(name, { error, message: failure.brief, at: wallClock() });
        errors.set(name, [...(errors.get(name) ?? []), clock()].slice(-maxErrors));
      },
      outrun() {
        claim.release();
        const waitedMs = clock() - startedAt;
        if (waitedMs > (latencies.find(modelName(name, model)) ?? 0)) observe(waitedMs);
      },
      abandoned: claim.release,
    };
  }
}

function modelName(name: string, model: string): string {
  return `${name}/${model}`;
}
