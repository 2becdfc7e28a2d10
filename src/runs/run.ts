import type { Clock } from "../lib/clock.ts";
import { utcDay } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { type ApiError, toApiError } from "../protocol/errors.ts";
import type { EventOf, FinishReason, RunEvent } from "../protocol/events.ts";
import type { Health } from "../providers/health.ts";
import { routerName } from "../providers/registry.ts";
import type { Candidate, Plan } from "../providers/router.ts";
import type { UsageRow } from "../store/usage.ts";
import { type Answer, createAnswer, providerEvent } from "./answer.ts";
import { failureEvent } from "../protocol/failure-event.ts";
import { toChat, toMessages } from "./prepare.ts";

/** What a run needs beside its request. */
export interface RunContext {
  readonly id: string;
  readonly owner: string;
  readonly plan: Plan;
  /** Aborted with an `ApiError`: `cancelled` ends the run quietly, any other as its failure. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly health: Health;
  readonly log: Log;
  readonly record: (row: UsageRow) => Promise<void>;
  /** The server's ceiling, in milliseconds. */
  readonly silenceMs: number;
}

/**
 * The whole story of one answer, in batches of events. It never throws, and ends with exactly one `finish`; whoever
 * stops reading must abort the signal too, so that a silent upstream is let go. A usage row is written in every case.
 */
export async function* run(request: ChatRequest, context: RunContext): AsyncGenerator<RunEvent[]> {
  const { plan, clock, health, signal } = context;
  const startedAt = clock();
  const notes = [...plan.notes];
  const messages = toMessages(request);
  const callersSilenceMs = (request.stream_timeout ?? Infinity) * 1000;
  let answer = ask(plan.candidates[0]);
  let failure: ApiError | undefined;
  // Holds until the end is known: a reader that leaves ends the generator wherever it stands.
  let reason: FinishReason = "cancelled";
  let isRecorded = false;

  try {
    const [{ provider, model }] = plan.candidates;
    yield [
      plan.isRouted ? routerEvent(plan.asked) : providerEvent({ provider, model }),
      { type: "parameters", parameters: provider.parameters(model) },
    ];
    for (const [index, candidate] of plan.candidates.entries()) {
      if (index > 0) answer = ask(candidate);
      if (index > 0 || plan.isRouted) yield [providerEvent(candidate)];
      failure = undefined;
      const isOurKey = candidate.apiKey === undefined;
      if (isOurKey) health.claim(candidate.provider.name);
      try {
        for await (const batch of answer.events) yield batch;
        reason = answer.finish;
        if (isOurKey) health.succeeded(candidate.provider.name);
        break;
      } catch (thrown) {
        failure = signal.aborted ? toApiError(signal.reason) : toFailure(thrown);
      }
      if (failure.reason === "cancelled") break;
      if (isOurKey && !signal.aborted && !isCallersLimit(failure)) health.failed(candidate.provider.name, failure);
      const next = plan.candidates[index + 1];
      if (next === undefined || answer.firstTokenAt !== undefined || signal.aborted) {
        reason = "error";
        yield [failureEvent(failure)];
        break;
      }
      yield [{ type: "message", message: `${failure.message}; trying ${next.provider.name}`, error: failure.class }];
    }
    const usage = answer.usage();
    await record();
    yield [
      ...(usage
        ? [{ type: "usage" as const, usage, model: answer.model, provider: answer.candidate.provider.name }]
        : []),
      { type: "finish", finish: { reason } },
      ...notes.map((log) => ({ type: "log" as const, log })),
    ];
  } finally {
    await record();
  }

  function ask(candidate: Candidate): Answer {
    return createAnswer({
      candidate,
      messages,
      chat: toChat(request, messages, candidate.provider, candidate.model, notes),
      call: { signal, silenceMs: Math.min(context.silenceMs, callersSilenceMs) },
      clock,
      note: (log) => void notes.push(log),
    });
  }

  /** A limit that the caller set says nothing of the provider: others are still sent to it. */
  function isCallersLimit({ reason: code }: ApiError): boolean {
    const isShortSilence = answer.firstTokenAt !== undefined && callersSilenceMs < context.silenceMs;
    return code === "upstream_timeout" && isShortSilence;
  }

  function toFailure(thrown: unknown): ApiError {
    const error = toApiError(thrown);
    if (error.reason === "internal")
      context.log.error("a run failed inside the server", { run: context.id, error: thrown });
    return error;
  }

  async function record(): Promise<void> {
    if (isRecorded) return;
    isRecorded = true;
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0, ...details } = answer.usage() ?? {};
    const { firstTokenAt } = answer;
    const row: UsageRow = {
      run_id: context.id,
      owner: context.owner,
      created_at: startedAt,
      day: utcDay(startedAt),
      provider: answer.candidate.provider.name,
      model: answer.model,
      prompt_tokens,
      completion_tokens,
      total_tokens,
      details: JSON.stringify(details),
      outcome: reason,
      error: reason === "error" ? (failure?.class ?? null) : null,
      duration_ms: Math.round(clock() - startedAt),
      first_token_ms: firstTokenAt === undefined ? null : Math.round(firstTokenAt - startedAt),
    };
    await context.record(row).catch((error: unknown) => {
      context.log.error("a usage row could not be written", { run: context.id, error });
    });
  }
}

function routerEvent(asked: string | null): EventOf<"provider"> {
  return { type: "provider", provider: { name: routerName, url: null, label: "Auto", model: asked } };
}
