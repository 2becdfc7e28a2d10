import type { Clock } from "../lib/clock.ts";
import type { Limits } from "../providers/registry.ts";
import { type Candidate, isOurs } from "./candidate.ts";

/** Who is being asked how much. */
export interface Load {
  /** Answers that a provider is producing. */
  busy(name: string): number;
  /** Why it may not be asked now; `undefined` when it may. */
  refusal(name: string): { readonly why: string; readonly retryAfterMs: number } | undefined;
  /** Counts a question; to be ended once, with the tokens that it took. With a caller's own key it uses up nothing of ours. */
  begin(candidate: Pick<Candidate, "provider" | "apiKey" | "isCallers">): Ticket;
}

export interface Ticket {
  end(tokens: number): void;
}

const minuteMs = 60_000;

export function createLoad(limitsOf: (name: string) => Limits, clock: Clock): Load {
  const loads = new Map<string, Counted>();

  return {
    busy: (name) => loads.get(name)?.busy ?? 0,
    refusal(name) {
      const { concurrent, requests_per_minute, tokens_per_minute } = limitsOf(name);
      const { ours, questions, tokens } = loadOf(name);
      // How long the others take is not known: a second is worth a try.
      if (concurrent !== undefined && ours >= concurrent)
        return { why: `${concurrent} answers at once are its limit`, retryAfterMs: 1000 };
      if (requests_per_minute !== undefined && questions.sum(clock()) >= requests_per_minute)
        return {
          why: `${requests_per_minute} questions a minute are its limit`,
          retryAfterMs: questions.freeIn(clock()),
        };
      if (tokens_per_minute !== undefined && tokens.sum(clock()) >= tokens_per_minute)
        return { why: `${tokens_per_minute} tokens a minute are its limit`, retryAfterMs: tokens.freeIn(clock()) };
      return undefined;
    },
    begin(candidate) {
      const { name } = candidate.provider;
      const load = loadOf(name);
      const { requests_per_minute, tokens_per_minute } = limitsOf(name);
      const counts = isOurs(candidate);
      load.busy++;
      if (counts) load.ours++;
      if (counts && requests_per_minute !== undefined) load.questions.add(clock(), 1);
      return {
        end(used) {
          load.busy--;
          if (counts) load.ours--;
          if (counts && tokens_per_minute !== undefined) load.tokens.add(clock(), used);
        },
      };
    },
  };

  function loadOf(name: string): Counted {
    const known = loads.get(name);
    if (known) return known;
    const fresh = { busy: 0, ours: 0, questions: createMinute(), tokens: createMinute() };
    loads.set(name, fresh);
    return fresh;
  }
}

interface Counted {
  busy: number;
  /** Of these, those that are asked with a key of the server's. */
  ours: number;
  readonly questions: Minute;
  readonly tokens: Minute;
}

/** Amounts of the last minute. */
interface Minute {
  add(now: number, amount: number): void;
  sum(now: number): number;
  /** Milliseconds until the oldest of them is a minute old. */
  freeIn(now: number): number;
}

function createMinute(): Minute {
  const entries: { at: number; amount: number }[] = [];
  let total = 0;
  const forget = (now: number) => {
    const first = entries.findIndex(({ at }) => at > now - minuteMs);
    const gone = first === -1 ? entries.splice(0) : entries.splice(0, first);
    total -= gone.reduce((sum, { amount }) => sum + amount, 0);
  };
  return {
    add(now, amount) {
      forget(now);
      entries.push({ at: now, amount });
      total += amount;
    },
    sum(now) {
      forget(now);
      return total;
    },
    freeIn: (now) => Math.max(1, (entries[0]?.at ?? now - minuteMs) + minuteMs - now),
  };
}
