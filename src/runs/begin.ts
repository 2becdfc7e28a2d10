import type { Caller } from "../protocol/caller.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { toDiskFailure } from "../protocol/disk-failure.ts";
import type { RunTrace } from "../protocol/trace.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { Router } from "../routing/router.ts";
import type { RunRow } from "../store/journal.ts";
import type { Presence } from "../store/presence.ts";
import type { TraceTable } from "../store/traces.ts";
import type { UsageRow, UsageTable } from "../store/usage.ts";
import type { Budgets } from "./budgets.ts";
import type { ChatRecorder } from "./chats/record.ts";
import type { Journal } from "./journal.ts";
import type { RunObserver } from "./observer.ts";
import { type Run, startLiveRun } from "./live-run.ts";
import { run, type RunTools } from "./run.ts";
import { toAskedSearch } from "./search/asked.ts";
import { tokensOfPages } from "./search/fit-pages.ts";
import { createTrace } from "./trace.ts";
import { toWholeRequest, type WholeRequestParts } from "./whole-request.ts";

export interface BeginParts extends RunTools, WholeRequestParts {
  readonly router: Router;
  readonly budgets: Budgets;
  readonly recorder: ChatRecorder;
  readonly usage: UsageTable;
  readonly traces: TraceTable;
  readonly journal: Journal;
  readonly presence: Presence;
  readonly observers: readonly RunObserver[];
  readonly limits: { readonly runMs: number; readonly silenceMs: number; readonly graceMs: number };
  /** @throws {ApiError} `shutting_down` */
  readonly assertOpen: () => void;
}

export interface BegunRun {
  readonly live: Run;
  /** What is really asked. */
  readonly asked: ChatRequest;
  /** Who may come to answer. */
  readonly candidates: readonly Candidate[];
}

/**
 * All that comes before the first event: the request made whole, a plan, a share of the key's budget, a place in the chat.
 *
 * @throws {ApiError} for whatever can be known by then; nothing of it stays
 */
export async function beginRun(
  id: string,
  request: ChatRequest,
  caller: Caller,
  signal: AbortSignal,
  parts: BeginParts,
): Promise<BegunRun> {
  const { router, budgets, recorder, journal, limits, clock, log } = parts;
  const { owner, keyId } = caller;
  const chosen = parts.mcp.choose(request.mcp);
  const { request: asked, place, notes } = await toWholeRequest(request, caller, parts, signal);
  const plan = await router.plan(asked, tokensOfSearch(asked, parts));
  parts.assertOpen();
  const { resumable, chat_id, max_tokens: maxTokens, timeout } = asked;
  const budget = await budgets.open({ id, caller, request: asked, maxTokens, candidates: plan.candidates });
  const trace = createTrace(id, plan.decision, clock);
  const chat =
    place && (await recorder.begin(id, place, { caller, candidates: plan.candidates, request: asked }).catch(undo));
  const about = { id, owner, keyId, budget, plan, notes, trace, chosen, chat, record, silenceMs: limits.silenceMs };
  const produce = (signal: AbortSignal) => run(asked, { ...parts, ...about, signal });
  const live = await startLiveRun({
    row: toRow(id, owner, asked, parts),
    events: (signal) => (budget ? budget.meter(signal, produce) : produce(signal)),
    trace,
    // Those in the chat's room may come at any time, too.
    journal: resumable || chat_id != null ? journal : undefined,
    timeoutMs: Math.min(limits.runMs, (timeout ?? Infinity) * 1000),
    graceMs: resumable ? limits.graceMs : 0,
    clock,
    log,
  }).catch(async (thrown: unknown) => {
    await chat?.end("failed");
    return undo(thrown);
  });
  return { live, asked, candidates: plan.candidates };

  async function undo(thrown: unknown): Promise<never> {
    await budget?.release();
    throw thrown;
  }

  async function record(row: UsageRow, trace: RunTrace): Promise<void> {
    const kept = parts.traces.insert({ run_id: id, owner, ended_at: clock(), trace: JSON.stringify(trace) });
    kept.catch((error: unknown) => {
      // Of a disk that is full it is said once, not with each answer.
      if (!toDiskFailure(error)) log.error("how an answer came about could not be written", { run: id, error });
    });
    const counted = parts.usage.insert(row);
    const ended = { row, trace, caller, candidates: plan.candidates, chatId: asked.chat_id ?? null };
    for (const observer of parts.observers) observer.ended(ended);
    await counted;
  }
}

function tokensOfSearch(asked: ChatRequest, { webSearch, searchLimits }: BeginParts): number {
  return webSearch.isOffered && toAskedSearch(asked)?.is === "query" ? tokensOfPages(searchLimits.maxWords) : 0;
}

function toRow(id: string, owner: string, asked: ChatRequest, { presence, clock }: BeginParts): RunRow {
  return {
    id,
    server: presence.id,
    owner,
    chat_id: asked.chat_id ?? null,
    continues: asked.run_id ?? null,
    resumable: asked.resumable ? 1 : 0,
    state: "running",
    reason: null,
    provider: null,
    model: null,
    usage: null,
    sequence: 0,
    created_at: clock(),
    ended_at: null,
  };
}
