import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import type { ApiError, ErrorClass, ErrorCode } from "../protocol/errors.ts";
import type { Candidate } from "./candidate.ts";
import type { Provider } from "../providers/provider.ts";

/** Who is left alone for a while: a provider, one of its keys, or one of its models. */
export interface Coolings {
  /** Until when the router leaves it alone, and why; `undefined` when it may be tried now. */
  find(target: Target): Cooling | undefined;
  /** Whether a provider answered last; `undefined` before it was asked. */
  isUp(provider: Listed): boolean | undefined;
  /** Whether its keys are being refused, or its account is spent. */
  isRefused(provider: Listed): boolean;
  /** Begins a trial. After a cooling only one run tries: the others find it cooling until that one has begun to answer. */
  claim(target: Target): Claim;
  clear(name: string): void;
}

/** What one trial teaches. An answer that began before a failure says nothing of what came after it. */
export interface Claim {
  /** It has begun to answer: the others may follow. */
  begun(): void;
  /** Nothing was learnt: somebody else may try it. */
  release(): void;
  succeeded(): void;
  failed(failure: ApiError): void;
}

export interface Cooling {
  readonly ms: number;
  readonly after: ErrorClass;
}

export type Listed = Pick<Provider, "name" | "keyCount">;

/** Who is asked for what, with which key. */
export type Target = Pick<Candidate, "model" | "keyIndex"> & { readonly provider: Listed };

interface Condition {
  failures: number;
  /** When the last failure that counted came, and when the last of all. */
  countedAt: number;
  failedAt: number;
  coolsUntil: number;
  /** Until when the one run that tries it keeps the others away, and which. */
  triedUntil: number;
  triedBy: object | undefined;
  /** Whether it has begun to answer since it failed: others may be sent to it, though it may fail yet. */
  isBack: boolean;
  /** What ended its last answer; `undefined` where it succeeded. */
  reason: ErrorCode | undefined;
  after: ErrorClass;
}

/**
 * What a failure says of whom, and how long that one is left alone, in seconds; any other says something of the question
 * alone. The numbers are arbitrary; `Retry-After` of a 429 or 503 takes their place.
 */
const consequences: Partial<{ [code in ErrorCode]: { readonly of: "key" | "provider"; readonly seconds: number } }> = {
  rate_limited: { of: "key", seconds: 30 },
  missing_auth: { of: "key", seconds: 60 },
  payment_required: { of: "key", seconds: 300 },
  upstream_failed: { of: "provider", seconds: 15 },
  upstream_timeout: { of: "provider", seconds: 15 },
};

/** Whether a failure says something of the provider, or of one of its keys or models. */
export function isOfProvider({ reason, isHearsay }: ApiError): boolean {
  return consequences[reason] !== undefined && !isHearsay;
}

/** Whether another key of the same provider may fare better. */
export function isOfKey({ reason }: ApiError): boolean {
  return consequences[reason]?.of === "key";
}

/** Each further failure doubles the cooling, up to this. */
const maxCoolingMs = 10 * 60_000;
const minCoolingMs = 1000;
const trialMs = 15_000;
/** Names of models come from callers. */
const maxModels = 10_000;

export function createCoolings(clock: Clock): Coolings {
  const conditions = new Map<string, Condition>();
  const models = new BoundedMap<string, Condition>(maxModels);
  const get = (place: Place) => (place.isModel ? models : conditions).get(place.name);

  const find: Coolings["find"] = (target) => {
    const { provider, keyIndex } = target;
    if (provider.keyCount > 1 && keyIndex === undefined) {
      // While one of its keys can be used the provider can.
      const each = Array.from({ length: provider.keyCount }, (_, index) => find({ ...target, keyIndex: index }));
      return each.reduce((least, next) => (least && next ? (next.ms < least.ms ? next : least) : undefined));
    }
    const now = clock();
    const ends = placesOf(target).flatMap((place) => {
      const condition = get(place);
      return condition ? [{ until: Math.max(condition.coolsUntil, condition.triedUntil), after: condition.after }] : [];
    });
    const [longest] = ends.sort((a, b) => b.until - a.until);
    return longest && longest.until > now ? { ms: longest.until - now, after: longest.after } : undefined;
  };

  return {
    find,
    isUp(provider) {
      const own = conditions.get(provider.name);
      const keys = keyNames(provider).flatMap((name) => conditions.get(name) ?? []);
      if (own === undefined && keys.length === 0) return undefined;
      return own?.reason === undefined && (keys.length === 0 || keys.some(({ reason }) => reason === undefined));
    },
    isRefused(provider) {
      // Somebody may be mending it: when the cooling is over it counts again.
      const isRefused = (name: string) => {
        const { reason, coolsUntil = 0 } = conditions.get(name) ?? {};
        return coolsUntil > clock() && (reason === "missing_auth" || reason === "payment_required");
      };
      const keys = keyNames(provider);
      return isRefused(provider.name) || (keys.length > 0 && keys.every(isRefused));
    },
    claim(target) {
      const startedAt = clock();
      const places = placesOf(target);
      const me = {};
      const isOnTrial = ({ failures, isBack, triedUntil }: Condition) =>
        failures > 0 && !isBack && triedUntil <= startedAt;
      const tried = places.flatMap((place) => get(place) ?? []).filter(isOnTrial);
      for (const condition of tried) Object.assign(condition, { triedUntil: startedAt + trialMs, triedBy: me });
      const release = () => {
        for (const condition of tried) if (condition.triedBy === me) condition.triedUntil = 0;
      };
      return {
        release,
        begun() {
          release();
          for (const condition of tried) if (condition.triedBy === me) condition.isBack = true;
        },
        succeeded() {
          release();
          for (const place of places) if ((get(place)?.failedAt ?? 0) < startedAt) clear(place);
        },
        failed(failure) {
          release();
          const consequence = consequences[failure.reason];
          if (consequence && !failure.isHearsay)
            cool(placeOf(target, failure), failure, consequence.seconds * 1000, startedAt);
        },
      };
    },
    clear: (name) => clear({ name, isModel: false }),
  };

  function clear(place: Place): void {
    if (place.isModel) models.delete(place.name);
    else conditions.set(place.name, createCondition());
  }

  function cool(place: Place, failure: ApiError, usualMs: number, startedAt: number): void {
    const { reason, class: after, retryAfterMs } = failure;
    const now = clock();
    const known = get(place) ?? createCondition();
    const isNews = startedAt > known.countedAt;
    // What failed at the same time failed once.
    const failures = isNews ? known.failures + 1 : known.failures;
    const told = retryAfterMs === undefined ? undefined : Math.max(retryAfterMs, minCoolingMs);
    const ms = told ?? (isNews ? usualMs * 2 ** (failures - 1) : 0);
    const condition: Condition = {
      ...createCondition(),
      failures,
      countedAt: isNews ? now : known.countedAt,
      failedAt: now,
      coolsUntil: Math.max(known.coolsUntil, now + Math.min(ms, maxCoolingMs)),
      reason,
      after,
    };
    (place.isModel ? models : conditions).set(place.name, condition);
  }
}

function createCondition(): Condition {
  return {
    failures: 0,
    countedAt: 0,
    failedAt: 0,
    coolsUntil: 0,
    triedUntil: 0,
    triedBy: undefined,
    isBack: false,
    reason: undefined,
    after: "ResponseError",
  };
}

/** Where a condition stands. */
interface Place {
  readonly name: string;
  readonly isModel: boolean;
}

function placesOf(target: Target): Place[] {
  const { provider, model } = target;
  const names = [...new Set([provider.name, keyName(target)])];
  return [...names.map((name) => ({ name, isModel: false })), { name: `${provider.name}/${model}`, isModel: true }];
}

/** A refusal that names the model is about the model: others of the same account are as good as before. */
function placeOf(target: Target, failure: ApiError): Place {
  const { provider, model } = target;
  const isKeys = isOfKey(failure);
  if (isKeys && isNamed(model, failure.message.slice(failure.brief.length)))
    return { name: `${provider.name}/${model}`, isModel: true };
  return { name: isKeys ? keyName(target) : provider.name, isModel: false };
}

/** As a word of its own, among the vendor's words. */
function isNamed(model: string, words: string): boolean {
  return model !== "" && new RegExp(`(?<![\\w.-])${RegExp.escape(model)}(?![\\w/-]|[.:]\\w)`, "i").test(words);
}

function keyName({ provider: { name, keyCount }, keyIndex = 0 }: Target): string {
  return keyCount > 1 ? `${name}\n${keyIndex}` : name;
}

function keyNames({ name, keyCount }: Listed): string[] {
  return keyCount > 1 ? Array.from({ length: keyCount }, (_, index) => `${name}\n${index}`) : [];
}
