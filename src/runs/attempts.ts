import type { Clock } from "../lib/clock.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { FinishReason, RunEvent } from "../protocol/events.ts";
import type { Candidate } from "../providers/candidate.ts";
import { coolingText } from "../providers/consider.ts";
import { candidateText } from "../providers/decision.ts";
import type { Health } from "../providers/health.ts";
import type { Load, Question } from "../providers/load.ts";
import type { Plan } from "../providers/router.ts";
import { type Answer, providerEvent } from "./answer.ts";
import type { AttemptTrace, Trace } from "./trace.ts";

/** One candidate after the other, until one answers. */
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

export interface AttemptsParts {
  readonly plan: Plan;
  /** Aborted with an `ApiError`. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly health: Health;
  readonly load: Load;
  readonly trace: Trace;
  readonly note: (log: string) => void;
  /** Prepares a question; it is asked when its events are read. */
  readonly ask: (candidate: Candidate, signal: AbortSignal, isEmulated: boolean) => Answer;
  /** Whether the caller's tools go into words for a candidate. */
  readonly emulates: (candidate: Candidate) => boolean;
  /** Whether they may, for one that turns out to have none of its own. */
  readonly mayEmulate: boolean;
  /** Makes what was thrown a failure of the run. */
  readonly toFailure: (thrown: unknown) => ApiError;
  /** Whether a failure is due to a limit of the caller's own. */
  readonly isCallersLimit: (failure: ApiError, answer: Answer) => boolean;
}

/** One candidate that is being asked. */
interface Racer extends Waiting {
  readonly answer: Answer;
  readonly attempt: AttemptTrace;
  readonly question: Question;
  /** Ends this one alone. */
  readonly controller: AbortController;
  readonly deadline: Timer | undefined;
  /** What it says next, once somebody waits for it. */
  next: Promise<News> | undefined;
  /** What it said while another one was shown. */
  readonly unseen: RunEvent[][];
}

type News =
  | { readonly racer: Racer; readonly result: IteratorResult<RunEvent[]> }
  | { readonly racer: Racer; readonly thrown: unknown }
  | "alarm";

/** Who is still to be asked, and whether the caller's tools are put into words for it. */
interface Waiting {
  readonly candidate: Candidate;
  readonly isEmulated: boolean;
}

export function createAttempts(parts: AttemptsParts): Attempts {
  const { plan, signal, clock, health, load, trace, note } = parts;
  const { hedge_after_ms: hedgeMs } = plan.decision;
  const waiting: Waiting[] = plan.candidates.map((candidate) => ({ candidate, isEmulated: parts.emulates(candidate) }));
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
    try {
      let racer = beginNext(false);
      if (racer && plan.isRouted) yield [providerEvent(racer.candidate)];
      while (racer !== undefined) {
        answer = racer.answer;
        failure = yield* follow(racer);
        if (failure === undefined) return;
        const mayGoOn = answer.firstTokenAt === undefined && !signal.aborted;
        racer = mayGoOn ? beginNext(false) : undefined;
        if (racer) yield [toMessage(failure, racer.candidate), providerEvent(racer.candidate)];
      }
      reason = failure?.reason === "cancelled" ? "cancelled" : "error";
    } finally {
      for (const racer of racers) leave(racer, "cancelled");
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
    leave(ended, "answered");
    return undefined;
  }

  /** Until the first token, or the end of an answer without any. */
  async function* race(first: Racer): AsyncGenerator<RunEvent[], Racer | ApiError> {
    let shown = first;
    let alarm = hedgeMs !== null && waiting.length > 0 ? createAlarm(hedgeMs) : undefined;
    try {
      for (;;) {
        const news = await soonest(alarm?.promise);
        if (news === "alarm") {
          alarm = undefined;
          const second = beginNext(true);
          if (second)
            note(`${nameOf(first)} said nothing for ${(hedgeMs ?? 0) / 1000} s; ${nameOf(second)} is asked too`);
          continue;
        }
        const { racer } = news;
        racer.next = undefined;
        if ("thrown" in news) {
          const thrown = fail(racer, news.thrown);
          const [other] = racers;
          if (other === undefined) return thrown;
          if (racer !== shown) {
            note(`${thrown.message}; ${nameOf(shown)} is waited for`);
            continue;
          }
          yield [toMessage(thrown, other.candidate)];
          yield* show((shown = other));
          continue;
        }
        const { done, value } = news.result;
        const isAnswering = done === true || racer.answer.firstTokenAt !== undefined;
        if (!isAnswering && racer !== shown) {
          racer.unseen.push(value);
          continue;
        }
        if (isAnswering) win(racer);
        if (racer !== shown) yield* show((shown = racer));
        if (!done) yield value;
        if (isAnswering) return racer;
      }
    } finally {
      alarm?.clear();
    }
  }

  /** It is the one that answers from now on. */
  function* show(racer: Racer): Generator<RunEvent[]> {
    answer = racer.answer;
    yield [providerEvent(racer.candidate)];
    yield* racer.unseen;
  }

  function soonest(alarm: Promise<"alarm"> | undefined): Promise<News> {
    const [only, ...others] = [...racers].map(listen);
    if (only !== undefined && others.length === 0 && alarm === undefined) return only;
    return Promise.race([...(only === undefined ? [] : [only]), ...others, ...(alarm ? [alarm] : [])]);
  }

  function listen(racer: Racer): Promise<News> {
    return (racer.next ??= racer.answer.events.next().then(
      (result) => ({ racer, result }),
      (thrown: unknown) => ({ racer, thrown }),
    ));
  }

  /** Asks the next one that may be asked now. */
  function beginNext(isHedge: boolean): Racer | undefined {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const why = whyNot(next.candidate);
      if (why === undefined) return begin(next, isHedge);
      note(`${candidateText(next.candidate)} skipped: ${why.message}`);
      trace.begin(next.candidate, { isHedge, emulatesTools: false }).end("skipped", why);
      failure ??= why;
    }
    return undefined;
  }

  /** What others have met since the plan was made. */
  function whyNot(candidate: Candidate): ApiError | undefined {
    const { name } = candidate.provider;
    const refusal = candidate.apiKey === undefined ? load.refusal(name) : undefined;
    if (refusal) return new ApiError("rate_limited", `${name} was not asked: ${refusal.why}`, refusal);
    const cooling = plan.isRouted ? health.cooling(candidate) : undefined;
    const isLastHope = waiting.every((each) => health.cooling(each.candidate) !== undefined);
    if (!cooling || isLastHope) return undefined;
    return new ApiError("upstream_failed", coolingText(cooling));
  }

  function begin({ candidate, isEmulated }: Waiting, isHedge: boolean): Racer {
    const { firstTokenMs } = candidate;
    const controller = new AbortController();
    const isAlone = waiting.length === 0 && !isHedge && racers.size === 0;
    health.claim(candidate);
    const late = () =>
      controller.abort(
        new ApiError(
          "upstream_timeout",
          `${candidate.provider.name} gave no token for ${(firstTokenMs ?? 0) / 1000} s`,
        ),
      );
    const racer: Racer = {
      candidate,
      isEmulated,
      answer: parts.ask(candidate, isAlone ? signal : AbortSignal.any([signal, controller.signal]), isEmulated),
      attempt: trace.begin(candidate, { isHedge, emulatesTools: isEmulated }),
      question: load.begin(candidate.provider.name),
      controller,
      deadline: isAlone || firstTokenMs === undefined ? undefined : setTimeout(late, firstTokenMs),
      next: undefined,
      unseen: [],
    };
    racers.add(racer);
    return racer;
  }

  /** It has begun to answer: the others are let go. */
  function win(racer: Racer): void {
    clearTimeout(racer.deadline);
    const { firstTokenAt } = racer.answer;
    if (firstTokenAt !== undefined) racer.attempt.firstToken();
    health.succeeded(racer.candidate, firstTokenAt && firstTokenAt - racer.attempt.startedAt);
    for (const other of racers) {
      if (other === racer) continue;
      health.outrun(other.candidate, clock() - other.attempt.startedAt);
      leave(other, "lost");
    }
  }

  function fail(racer: Racer, thrown: unknown): ApiError {
    const failed = signal.aborted ? toApiError(signal.reason) : parts.toFailure(thrown);
    if (!signal.aborted && !parts.isCallersLimit(failed, racer.answer)) health.failed(racer.candidate, failed);
    adapt(racer, failed);
    leave(racer, failed.reason === "cancelled" ? "cancelled" : "failed", failed);
    return failed;
  }

  /** What a refusal teaches: who would refuse as well, or how the same one may be asked. */
  function adapt({ candidate, isEmulated }: Racer, { reason: code }: ApiError): void {
    if (code === "tools_unsupported" && parts.mayEmulate && !isEmulated)
      waiting.unshift({ candidate, isEmulated: true });
    if (code !== "context_exceeded") return;
    const { contextLength = 0 } = candidate;
    const tooSmall = waiting.filter((each) => (each.candidate.contextLength ?? Infinity) <= contextLength);
    for (const each of tooSmall) {
      waiting.splice(waiting.indexOf(each), 1);
      note(`${candidateText(each.candidate)} skipped: it reads no more than ${candidateText(candidate)}`);
    }
  }

  function leave(racer: Racer, outcome: "answered" | "failed" | "cancelled" | "lost", why?: ApiError): void {
    if (!racers.delete(racer)) return;
    clearTimeout(racer.deadline);
    racer.attempt.end(outcome, why);
    racer.question.end(racer.answer.usage()?.total_tokens ?? 0);
    if (outcome !== "lost") return;
    racer.controller.abort(new ApiError("cancelled", "another one was faster"));
    // It is ended once it has heard of it; nobody waits for that.
    void racer.next?.then(() => racer.answer.events.return(undefined));
  }
}

function nameOf({ candidate }: Racer): string {
  return candidate.provider.name;
}

function toMessage(failure: ApiError, next: Candidate): RunEvent {
  return { type: "message", message: `${failure.message}; trying ${next.provider.name}`, error: failure.class };
}

function createAlarm(ms: number): { readonly promise: Promise<"alarm">; clear(): void } {
  const { promise, resolve } = Promise.withResolvers<"alarm">();
  const timer = setTimeout(() => resolve("alarm"), ms);
  return { promise, clear: () => clearTimeout(timer) };
}
