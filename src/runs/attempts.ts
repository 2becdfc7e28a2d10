import { lazily } from "../lib/lazily.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { FinishReason, RunEvent } from "../protocol/events.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { Answer } from "./answer.ts";
import { createQueue, type QueueParts } from "./queue.ts";
import { createRacer, type News, type Racer, type RacerParts } from "./racer.ts";
import { providerEvent } from "./turn.ts";

/** One candidate after the other, or two at once, until one answers. */
export interface Attempts {
  /** In batches; they never throw. */
  readonly events: AsyncGenerator<RunEvent[]>;
  /** The answer that counts: the one that is shown. */
  readonly answer: Answer | undefined;
  /** How it ended; `cancelled` until that is known, since a reader may leave at any moment. */
  readonly reason: FinishReason;
  /** What ended it, where it failed. */
  readonly failure: ApiError | undefined;
}

export interface AttemptsParts extends QueueParts, Pick<RacerParts, "ask"> {
  /** Aborted with an `ApiError`. */
  readonly signal: AbortSignal;
  /** Makes what was thrown a failure of the run. */
  readonly toFailure: (thrown: unknown) => ApiError;
}

export function createAttempts(parts: AttemptsParts): Attempts {
  const { plan, signal, note } = parts;
  const { hedge_after_ms: hedgeMs } = plan.decision;
  // What tools there are is known when somebody is asked.
  const queue = lazily(() => createQueue(parts));
  const racers = new Set<Racer>();
  let answer: Answer | undefined;
  let failure: ApiError | undefined;
  let reason: FinishReason = "cancelled";

  return {
    events: tell(),
    get answer() {
      return answer;
    },
    get reason() {
      return reason;
    },
    get failure() {
      return failure;
    },
  };

  async function* tell(): AsyncGenerator<RunEvent[]> {
    signal.addEventListener("abort", stopAll);
    let announced: Candidate | undefined = plan.isRouted ? undefined : plan.candidates[0];
    try {
      for (let racer = beginNext(); racer !== undefined; racer = beginNext()) {
        const beginning = failure ? [toMessage(failure, racer)] : [];
        if (racer.candidate !== announced) beginning.push(providerEvent(racer.candidate));
        if (beginning.length > 0) yield beginning;
        announced = undefined;
        answer = racer.answer;
        failure = yield* follow(racer);
        if (failure === undefined) return;
        // What the next one made could not be kept either.
        const isOurs = failure.reason === "storage_unavailable";
        if (answer.firstTokenAt !== undefined || signal.aborted || isOurs) break;
      }
      failure ??= signal.aborted ? toApiError(signal.reason) : queue().refusal;
      reason = failure?.reason === "cancelled" ? "cancelled" : "error";
    } finally {
      signal.removeEventListener("abort", stopAll);
      for (const racer of racers) racer.settle("cancelled");
    }
  }

  /** Tells what one candidate says, or the one beside it that is faster. Gives its failure where there is one. */
  async function* follow(first: Racer): AsyncGenerator<RunEvent[], ApiError | undefined> {
    const ended = yield* race(first);
    if (ended instanceof ApiError) return ended;
    try {
      for await (const batch of ended.answer.events) yield batch;
    } catch (thrown) {
      return fail(ended, thrown);
    }
    reason = ended.answer.finish;
    racers.delete(ended);
    ended.settle("answered");
    return undefined;
  }

  /** Until the first token, or the end of an answer without any. Gives the one that answers, or the last failure. */
  async function* race(first: Racer): AsyncGenerator<RunEvent[], Racer | ApiError> {
    let shown = first;
    let alarm = hedgeMs !== null && queue().hasOther(racing()) ? createAlarm(hedgeMs) : undefined;
    try {
      for (;;) {
        const news = await soonest(alarm?.promise);
        if (news === "alarm") {
          alarm = undefined;
          hedge(shown);
          continue;
        }
        const { racer } = news;
        racer.taken();
        if ("thrown" in news || isNothing(racer, news.result)) {
          const thrown = fail(racer, "thrown" in news ? news.thrown : answeredNothing(racer));
          const [other] = racers;
          if (other === undefined || signal.aborted) return thrown;
          if (racer !== shown) note(`${thrown.message}; ${nameOf(other)} is waited for`);
          else yield [toMessage(thrown, other), ...show((shown = other))];
          continue;
        }
        const { done, value } = news.result;
        const isAnswering = done === true || racer.answer.firstTokenAt !== undefined;
        if (isAnswering) win(racer);
        else if (racer !== shown) racer.unseen.push(value);
        if (isAnswering && racer !== shown) yield show((shown = racer));
        if (!done && racer === shown) yield value;
        if (isAnswering) return racer;
      }
    } finally {
      alarm?.clear();
    }
  }

  /** It is the one that answers from now on. */
  function show(racer: Racer): RunEvent[] {
    answer = racer.answer;
    return [providerEvent(racer.candidate), ...racer.unseen.flat()];
  }

  /** It ended without a word, and somebody else could say one. */
  function isNothing({ answer }: Racer, { done }: IteratorResult<RunEvent[]>): boolean {
    const isEmpty = done === true && answer.firstTokenAt === undefined && answer.finish === "stop";
    return isEmpty && plan.isRouted && (racers.size > 1 || queue().hasOther(racing()));
  }

  function soonest(alarm: Promise<"alarm"> | undefined): Promise<News | "alarm"> {
    const [only, ...others] = [...racers].map((racer) => racer.next());
    if (only !== undefined && others.length === 0 && alarm === undefined) return only;
    return Promise.race([...(only ? [only] : []), ...others, ...(alarm ? [alarm] : [])]);
  }

  function hedge(slow: Racer): void {
    const second = beginNext();
    if (second) note(`${nameOf(slow)} said nothing for ${(hedgeMs ?? 0) / 1000} s; ${nameOf(second)} is asked too`);
  }

  function beginNext(): Racer | undefined {
    const next = signal.aborted ? undefined : queue().next(racing());
    if (next === undefined) return undefined;
    const racer = createRacer(next, { ...parts, isHedge: racers.size > 0, onLate });
    racers.add(racer);
    return racer;
  }

  function racing() {
    return [...racers].map(({ candidate }) => candidate.provider);
  }

  /** Only while somebody else could answer: else it is waited for, as the provider's own limits have it. */
  function onLate(racer: Racer): void {
    if (racers.size === 1 && !queue().hasOther(racing())) return;
    const seconds = (racer.candidate.firstTokenMs ?? 0) / 1000;
    racer.stop(new ApiError("upstream_timeout", `${nameOf(racer)} gave no token for ${seconds} s`));
  }

  /** It has begun to answer: the others are let go. */
  function win(racer: Racer): void {
    racer.begun();
    for (const other of racers) {
      if (other === racer) continue;
      racers.delete(other);
      other.settle("lost");
      other.stop(new ApiError("cancelled", "another one was faster"));
      // It is ended once it has heard of it; nobody waits for that.
      void other.next().then(() => other.answer.events.return(undefined));
    }
  }

  function fail(racer: Racer, thrown: unknown): ApiError {
    const failed = signal.aborted ? toApiError(signal.reason) : parts.toFailure(thrown);
    if (!signal.aborted) queue().learn(racer, failed);
    racers.delete(racer);
    // That the caller left, or that the whole took too long, says nothing of it.
    racer.settle(signal.aborted ? "cancelled" : "failed", failed);
    return failed;
  }

  function stopAll(): void {
    for (const racer of racers) racer.stop(toApiError(signal.reason));
  }
}

function nameOf({ candidate }: Racer): string {
  return candidate.provider.name;
}

function answeredNothing(racer: Racer): ApiError {
  // The question may have wanted it so.
  return new ApiError("upstream_failed", `${nameOf(racer)} answered nothing`, { isHearsay: true });
}

function toMessage(failure: ApiError, next: Racer): RunEvent {
  return { type: "message", message: `${failure.message}; trying ${nameOf(next)}`, error: failure.class };
}

function createAlarm(ms: number): { readonly promise: Promise<"alarm">; clear(): void } {
  const { promise, resolve } = Promise.withResolvers<"alarm">();
  const timer = setTimeout(() => resolve("alarm"), ms);
  return { promise, clear: () => clearTimeout(timer) };
}
