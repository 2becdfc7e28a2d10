import type { Budget } from "../protocol/budget.ts";
import type { AskedMessage } from "../protocol/chat.ts";
import type { ApiError } from "../protocol/errors.ts";
import type { RunEvent } from "../protocol/events.ts";
import { createPromptSize } from "../routing/prompt-size.ts";
import type { Amount, Ledger } from "../store/budgets.ts";
import { createTally } from "./tally.ts";

/** What one run has set aside of its key's day. */
export interface RunBudget {
  /** @throws {ApiError} `budget_spent`; with `isWhole` also where the answer would have to be shorter */
  begin(promptTokens: number, outputTokens: number, isWhole: boolean): Promise<void>;
  /**
   * Sets aside what the prompt has grown to, with the texts of its buckets, and what was asked for the same answer before,
   * in tokens. @throws {ApiError} `budget_spent`
   */
  ask(messages: readonly AskedMessage[], askedBefore: number): Promise<void>;
  /** The events of a run, which is ended where nothing is left for what it says. */
  meter(signal: AbortSignal, run: (signal: AbortSignal) => AsyncGenerator<RunEvent[]>): AsyncGenerator<RunEvent[]>;
  /** How the key's day stands. */
  read(): Promise<Budget>;
  /** Gives back what was set aside; nothing where the run's row has been written. */
  release(): Promise<void>;
}

export interface RunBudgetParts {
  readonly limit: Amount;
  /** Of the prompt, in tokens, what is no message. */
  readonly besides: number;
  /** Of a token, in billionths of a dollar. */
  readonly price: { readonly input: number; readonly output: number };
  /** Give how the day stands where that does not fit. */
  readonly reserve: (amount: Amount) => Promise<Ledger | undefined>;
  readonly extend: (amount: Amount) => Promise<Ledger | undefined>;
  readonly release: () => Promise<void>;
  readonly refuse: (ledger: Ledger) => ApiError;
  readonly read: () => Promise<Budget>;
}

/**
 * What is set aside for an answer whose caller does not say how long it may be, and again whenever it has become longer.
 * Arbitrary: some screens of text, so that one answer leaves room for others, and few are cut short in their middle.
 */
export const usualOutput = 1024;
/** Less than that is no answer. */
const leastOutput = 16;

export function createRunBudget({
  limit,
  besides,
  price,
  reserve,
  extend,
  release,
  refuse,
  read,
}: RunBudgetParts): RunBudget {
  let promptTokens = 0;
  let outputTokens = 0;

  return {
    async begin(prompt, output, isWhole) {
      await setAside(reserve, { prompt, output, least: isWhole ? output : Math.min(leastOutput, output) });
    },
    async ask(messages, askedBefore) {
      const tokens = createPromptSize(messages).tokens + besides + askedBefore;
      if (tokens > promptTokens) await setAside(extend, { prompt: tokens - promptTokens, output: 0, least: 0 });
    },
    async *meter(callersSignal, run) {
      const spent = new AbortController();
      const tally = createTally();
      for await (const batch of run(AbortSignal.any([callersSignal, spent.signal]))) {
        for (const event of batch) tally.add(event);
        const missing = (tally.usage()?.completion_tokens ?? 0) - outputTokens;
        if (missing > 0 && !spent.signal.aborted) {
          const more = { prompt: 0, output: missing + usualOutput, least: missing };
          await setAside(extend, more).catch((reason: unknown) => spent.abort(reason));
        }
        yield batch;
      }
    },
    read,
    release,
  };

  /** As much of it as fits. @throws {ApiError} `budget_spent` where that is less than the least */
  async function setAside(
    take: (amount: Amount) => Promise<Ledger | undefined>,
    { prompt, output, least }: { readonly prompt: number; readonly output: number; readonly least: number },
  ): Promise<void> {
    for (let granted = output; ;) {
      const full = await take(toAmount(prompt, granted));
      if (!full) {
        promptTokens += prompt;
        outputTokens += granted;
        return;
      }
      // Others may take it meanwhile: then there is less, and less again.
      const fitting = Math.min(granted - 1, outputLeft(full, prompt));
      if (fitting < least) throw refuse(full);
      granted = fitting;
    }
  }

  function toAmount(prompt: number, output: number): Amount {
    return { tokens: prompt + output, nanodollars: Math.ceil(prompt * price.input + output * price.output) };
  }

  function outputLeft(ledger: Ledger, prompt: number): number {
    const tokens = limit.tokens - ledger.tokens - ledger.reserved_tokens - prompt;
    const nanodollars = limit.nanodollars - ledger.nanodollars - ledger.reserved_nanodollars - prompt * price.input;
    return Math.floor(Math.min(tokens, price.output > 0 ? nanodollars / price.output : Infinity));
  }
}
