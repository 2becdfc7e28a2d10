import type { ApiError } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/events.ts";
import type { AttemptOutcome } from "../protocol/trace.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { Health } from "../routing/health.ts";
import type { Load } from "../routing/load.ts";
import type { Answer } from "./answer.ts";
import type { Trace } from "./trace.ts";

/** Who is to be asked, and whether the caller's tools are put into words for it. */
export interface Waiting {
  readonly candidate: Candidate;
  readonly isEmulated: boolean;
}

/** One candidate that is being asked. */
export interface Racer extends Waiting {
  readonly answer: Answer;
  /** What it says next: the same until it is taken, since two are listened to and one is heard. */
  next(): Promise<News>;
  taken(): void;
  /** What it said while another one was shown. */
  readonly unseen: RunEvent[][];
  /** It has begun to answer. */
  begun(): void;
  /** Ends it, once; what is told of it later is not kept. */
  settle(outcome: Outcome, failure?: ApiError): void;
  /** Ends the upstream's work for it. */
  stop(reason: ApiError): void;
}

export type News =
  | { readonly racer: Racer; readonly result: IteratorResult<RunEvent[]> }
  | { readonly racer: Racer; readonly thrown: unknown };

type Outcome = Extract<AttemptOutcome, "answered" | "failed" | "cancelled" | "lost">;

export interface RacerParts {
  readonly health: Health;
  readonly load: Load;
  readonly trace: Trace;
  readonly isHedge: boolean;
  /** Prepares a question; it is asked when its events are read. */
  readonly ask: (candidate: Candidate, signal: AbortSignal, isEmulated: boolean) => Answer;
  /** Called when it has said nothing for as long as it may. */
  readonly onLate: (racer: Racer) => void;
}

export function createRacer({ candidate, isEmulated }: Waiting, parts: RacerParts): Racer {
  const { health, load, trace, isHedge } = parts;
  const controller = new AbortController();
  const answer = parts.ask(candidate, controller.signal, isEmulated);
  const attempt = trace.begin(candidate, { isHedge, emulatesTools: isEmulated });
  const trial = health.begin(candidate);
  const ticket = load.begin(candidate);
  const { firstTokenMs } = candidate;
  const deadline = firstTokenMs === undefined ? undefined : setTimeout(() => parts.onLate(racer), firstTokenMs);
  let pending: Promise<News> | undefined;
  let isSettled = false;

  const racer: Racer = {
    candidate,
    isEmulated,
    answer,
    unseen: [],
    next() {
      pending ??= answer.events.next().then(
        (result): News => ({ racer, result }),
        (thrown: unknown): News => ({ racer, thrown }),
      );
      return pending;
    },
    taken: () => (pending = undefined),
    begun() {
      clearTimeout(deadline);
      if (answer.firstTokenAt === undefined) return;
      attempt.firstToken();
      trial.firstToken();
    },
    settle(outcome, failure) {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(deadline);
      attempt.end(outcome, failure);
      ticket.end(answer.usage()?.total_tokens ?? 0);
      if (outcome === "answered") trial.succeeded();
      else if (outcome === "lost") trial.outrun();
      else if (outcome === "failed" && failure) trial.failed(failure);
      else trial.abandoned();
    },
    stop: (reason) => controller.abort(reason),
  };
  return racer;
}
