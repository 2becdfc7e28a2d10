import { type Clock, dayMs, toTime, utcDay } from "../lib/clock.ts";
import { createTokenCounter } from "../lib/text.ts";
import type { Budget } from "../protocol/budget.ts";
import type { Caller } from "../protocol/caller.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Prices } from "../providers/prices.ts";
import type { Candidate } from "../routing/candidate.ts";
import { createPromptSize } from "../routing/prompt-size.ts";
import type { Amount, BudgetTable, KeyDay, Ledger } from "../store/budgets.ts";
import type { Presence } from "../store/presence.ts";
import { type RunBudget, createRunBudget, usualOutput } from "./run-budget.ts";

/**
 * What each key may use in a day. A run sets aside what its prompt and its answer will take before anybody is asked, and
 * is charged what it did take by the transaction that writes its row of usage: so parallel runs cannot use together what
 * is left for one. Beyond what was set aside goes only what a provider counts otherwise than we do, or takes beyond what
 * it was asked for. Where no budget applies nothing is set aside, but all is charged: a limit that comes later in the day
 * holds for the whole of it.
 */
export interface Budgets {
  /** @throws {ApiError} `budget_spent`; `undefined` where the caller has no limit */
  open(run: AskedRun): Promise<RunBudget | undefined>;
  /** For what is counted otherwise than in tokens. @throws {ApiError} `budget_spent` where nothing is left */
  check(caller: Caller): Promise<void>;
  /** How the caller's day stands; without `tokens` and `cost` where there is no limit. */
  get(caller: Caller): Promise<Budget>;
  /** Gives back what servers that are no more have set aside. */
  recover(): Promise<void>;
}

/** What a model reads of a request. */
type Prompt = Pick<ChatRequest, "messages" | "tools" | "response_format">;

export interface AskedRun {
  readonly id: string;
  readonly caller: Caller;
  readonly request: Prompt;
  /** How long the answer may be, where the caller says so. */
  readonly maxTokens: number | null | undefined;
  /** Whoever may come to answer: the dearest is supposed. */
  readonly candidates: readonly Candidate[];
}

export interface BudgetsParts {
  readonly table: BudgetTable;
  readonly presence: Presence;
  readonly prices: Prices;
  readonly clock: Clock;
  /** Of keys that have no limit of their own; 0 for none. */
  readonly tokensPerDay: number;
  /** In US dollars; 0 for none. */
  readonly costPerDay: number;
}

export function createBudgets({ table, presence, prices, clock, ...usual }: BudgetsParts): Budgets {
  return {
    async open({ id, caller, request, maxTokens, candidates }) {
      const limit = limitOf(caller);
      if (!limit) return undefined;
      const of = dayOf(caller);
      const besides = countBesides(request);
      const run = createRunBudget({
        limit,
        besides,
        price: dearest(candidates),
        reserve: (amount) => table.reserve({ run_id: id, server: presence.id, ...of, ...amount }, limit),
        extend: (amount) => table.extend(id, amount, limit),
        release: () => table.release(id),
        refuse: (ledger) => spent(ledger, limit),
        read: async () => toBudget(await table.get(of), limit, of),
      });
      const isNamed = maxTokens != null && maxTokens > 0;
      const output = isNamed ? Math.min(maxTokens, mostOutput) : usualOutput;
      await run.begin(createPromptSize(request.messages).tokens + besides, output, isNamed);
      return run;
    },
    async check(caller) {
      const limit = limitOf(caller);
      if (!limit) return;
      const ledger = await table.get(dayOf(caller));
      const { tokens, nanodollars, reserved_tokens: heldTokens, reserved_nanodollars: held } = ledger;
      if (tokens + heldTokens >= limit.tokens || nanodollars + held >= limit.nanodollars) throw spent(ledger, limit);
    },
    async get(caller) {
      const of = dayOf(caller);
      return toBudget(await table.get(of), limitOf(caller) ?? { tokens: Infinity, nanodollars: Infinity }, of);
    },
    recover: () => table.releaseAllBut(presence.living()),
  };

  function limitOf({ limits }: Caller): Amount | undefined {
    const tokens = (limits?.tokensPerDay ?? usual.tokensPerDay) || Infinity;
    const nanodollars = Math.round((limits?.costPerDay ?? usual.costPerDay) * 1e9) || Infinity;
    return tokens === Infinity && nanodollars === Infinity ? undefined : { tokens, nanodollars };
  }

  function dayOf({ keyId }: Caller): KeyDay {
    return { key_id: keyId ?? "", day: utcDay(clock()) };
  }

  /** Of a token, in billionths of a dollar. What has no known price costs nothing, as it does in rows of usage. */
  function dearest(candidates: readonly Candidate[]) {
    const known = candidates.map(({ provider, model, pricing }) => prices.find(provider.name, [model], pricing));
    const most = (side: "input" | "output") => Math.max(0, ...known.map((pricing) => (pricing?.[side] ?? 0) * 1000));
    return { input: most("input"), output: most("output") };
  }

  function spent(ledger: Ledger, limit: Amount): ApiError {
    const { tokens, nanodollars } = ledger;
    const now = clock();
    if (tokens >= limit.tokens || nanodollars >= limit.nanodollars)
      return refusal("the budget of this key is spent for today", nextDay(utcDay(now)) - now);
    const left = `what is left of this key's budget for today, ${toWords(ledger, limit)}, is less than this may take`;
    // What is set aside may come back in a moment; anything else only the next day, however often somebody asks.
    if (ledger.reserved_tokens > 0 || ledger.reserved_nanodollars > 0)
      return refusal(
        `${left} while answers that are being produced have set some of it aside: ask in a moment, or for less with max_tokens`,
        retryMs,
      );
    return refusal(`${left}: ask for less with max_tokens`, nextDay(utcDay(now)) - now);
  }
}

/** What a model reads beside what was said: tools, how they were called, and the form of its answer. */
function countBesides({ messages, tools, response_format: form }: Prompt): number {
  const counter = createTokenCounter();
  for (const each of [tools, form, ...messages.map((message) => message.tool_calls)])
    if (each != null) counter.add(JSON.stringify(each));
  return counter.tokens;
}

/** No answer is longer, whatever a caller asks for: what is set aside stays a number that can be kept. */
const mostOutput = 1e9;

/** Answers that are being produced may leave something of what they have set aside. */
const retryMs = 1000;

function refusal(message: string, retryAfterMs: number): ApiError {
  // It says nothing of a provider.
  return new ApiError("budget_spent", message, { retryAfterMs, isHearsay: true });
}

function nextDay(day: string): number {
  return Date.parse(day) + dayMs;
}

function toWords({ tokens, nanodollars }: Ledger, limit: Amount): string {
  return [
    ...(limit.tokens === Infinity ? [] : [`${limit.tokens - tokens} tokens`]),
    ...(limit.nanodollars === Infinity ? [] : [`$${(limit.nanodollars - nanodollars) / 1e9}`]),
  ].join(" and ");
}

function toBudget({ tokens, nanodollars }: Ledger, limit: Amount, { day }: KeyDay): Budget {
  const part = (most: number, used: number) => ({ limit: most, used, left: Math.max(0, most - used) });
  const cost = part(limit.nanodollars, nanodollars);
  const toDollars = (amount: number) => amount / 1e9;
  return {
    ...(limit.tokens !== Infinity && { tokens: part(limit.tokens, tokens) }),
    ...(limit.nanodollars !== Infinity && {
      cost: { limit: toDollars(cost.limit), used: toDollars(cost.used), left: toDollars(cost.left) },
    }),
    resets_at: toTime(nextDay(day)),
  };
}
