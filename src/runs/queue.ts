import { ApiError } from "../protocol/errors.ts";
import { type Candidate, isOurs } from "../routing/candidate.ts";
import { coolingText } from "../routing/consider.ts";
import { isOfKey } from "../routing/cooling.ts";
import { candidateText } from "../routing/decision.ts";
import type { Health } from "../routing/health.ts";
import type { Load } from "../routing/load.ts";
import type { Provider } from "../providers/provider.ts";
import type { Plan } from "../routing/router.ts";
import type { Waiting } from "./racer.ts";
import type { Trace } from "./trace.ts";

/** Those who are still to be asked, in order. */
export interface Queue {
  /** Takes the next one that may be asked now, other than those who are being asked. */
  next(racing: readonly Provider[]): Waiting | undefined;
  /** Whether there is one, without taking it. */
  hasOther(racing: readonly Provider[]): boolean;
  /** What a failure teaches: who would fail as well, or how the same one may be asked. */
  learn(failed: Waiting, failure: ApiError): void;
  /** Why the last one that was passed over could not be asked. */
  readonly refusal: ApiError | undefined;
}

export interface QueueParts {
  readonly plan: Plan;
  readonly health: Health;
  readonly load: Load;
  readonly trace: Trace;
  readonly note: (log: string) => void;
  /** Whether the caller's tools go into words for a candidate. */
  readonly emulates: (candidate: Candidate) => boolean;
  /** Whether they may, for one that turns out to have none of its own. */
  readonly mayEmulate: boolean;
}

export function createQueue({ plan, health, load, trace, note, emulates, mayEmulate }: QueueParts): Queue {
  let waiting: Waiting[] = plan.candidates.map((candidate) => ({ candidate, isEmulated: emulates(candidate) }));
  let refusal: ApiError | undefined;

  const isOther = (racing: readonly Provider[]) => (each: Waiting) => !racing.includes(each.candidate.provider);

  return {
    next(racing) {
      for (let each = waiting.find(isOther(racing)); each; each = waiting.find(isOther(racing))) {
        waiting = waiting.filter((other) => other !== each);
        const why = whyNot(each.candidate, racing);
        if (why === undefined) return each;
        note(`${candidateText(each.candidate)} skipped: ${why.message}`);
        trace.begin(each.candidate, { isHedge: racing.length > 0, emulatesTools: false }).end("skipped", why);
        refusal = why;
      }
      return undefined;
    },
    hasOther: (racing) => waiting.some((each) => isOther(racing)(each) && !whyNot(each.candidate, racing)),
    learn({ candidate, isEmulated }, failure) {
      if (failure.reason === "tools_unsupported" && mayEmulate && !isEmulated) {
        waiting = [{ candidate, isEmulated: true }, ...waiting];
        return;
      }
      // Its other keys lead to the same server, and to the same model.
      if (!isOfKey(failure)) waiting = waiting.filter((each) => !isSameAnswer(each.candidate, candidate));
      if (failure.reason === "context_exceeded") dropSmaller(candidate);
    },
    get refusal() {
      return refusal;
    },
  };

  /** What others have met since the plan was made. */
  function whyNot(candidate: Candidate, racing: readonly Provider[]): ApiError | undefined {
    const { name } = candidate.provider;
    const full = isOurs(candidate) ? load.refusal(name) : undefined;
    if (full) return new ApiError("rate_limited", `${name} was not asked: ${full.why}`, full);
    const cooling = plan.isRouted ? health.cooling(candidate) : undefined;
    const isLastHope = racing.length === 0 && waiting.every((each) => health.cooling(each.candidate) !== undefined);
    return cooling && !isLastHope ? new ApiError("upstream_failed", coolingText(cooling)) : undefined;
  }

  function dropSmaller(candidate: Candidate): void {
    const { contextLength = 0 } = candidate;
    for (const each of waiting)
      if (isSmaller(each.candidate, contextLength))
        note(`${candidateText(each.candidate)} skipped: it reads no more than ${candidateText(candidate)}`);
    waiting = waiting.filter((each) => !isSmaller(each.candidate, contextLength));
  }
}

function isSmaller({ contextLength = Infinity }: Candidate, length: number): boolean {
  return contextLength <= length;
}

function isSameAnswer(one: Candidate, other: Candidate): boolean {
  return one.provider === other.provider && one.model === other.model;
}
