import type { Clock } from "../lib/clock.ts";
import { utcDay } from "../lib/clock.ts";
import { openDeadline } from "../lib/deadline.ts";
import type { Log } from "../lib/log.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { EventOf, FinishReason, RunEvent } from "../protocol/events.ts";
import type { Health } from "../providers/health.ts";
import type { ProviderEvent } from "../providers/provider.ts";
import { routerName } from "../providers/registry.ts";
import type { Candidate, Plan } from "../providers/router.ts";
import type { UsageRow } from "../store/usage.ts";
import { toChat, toMessages } from "./prepare.ts";
import { createTally } from "./tally.ts";
import { createThinkingParser } from "./thinking.ts";

/** What a run needs beside its request. */
export interface RunContext {
  readonly id: string;
  readonly owner: string;
  readonly plan: Plan;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly health: Health;
  readonly log: Log;
  readonly record: (row: UsageRow) => Promise<void>;
  /** The server's ceilings, in milliseconds. */
  readonly limits: { readonly runMs: number; readonly silenceMs: number };
}

/**
 * The whole story of one answer, in batches of events. It never throws, and ends with exactly one `finish`; whoever
 * stops reading must abort the signal too, so that a silent upstream is let go. A usage row is written in every case.
 */
export async function* run(request: ChatRequest, context: RunContext): AsyncGenerator<RunEvent[]> {
  const { plan, clock, limits } = context;
  const startedAt = clock();
  const notes = [...plan.notes];
  const messages = toMessages(request);
  const tally = createTally(messages);
  const timeoutMs = Math.min(limits.runMs, (request.timeout ?? Infinity) * 1000);
  using deadline = openDeadline(
    context.signal,
    timeoutMs,
    () => new ApiError("upstream_timeout", `the answer took longer than ${timeoutMs / 1000} s`),
  );
  const [first] = plan.candidates;
  let current: Candidate = first;
  let named = current.model;
  let firstTokenAt: number | undefined;
  let failure: ApiError | undefined;
  // Holds until the end is known: a reader that leaves ends the generator wherever it stands.
  let reason: FinishReason = "cancelled";
  let isRecorded = false;

  try {
    yield [
      plan.isRouted ? routerEvent(plan.asked) : providerEvent(first),
      { type: "parameters", parameters: first.provider.parameters(first.model) },
    ];
    for (const [index, candidate] of plan.candidates.entries()) {
      current = candidate;
      named = candidate.model;
      if (index > 0 || plan.isRouted) yield [providerEvent(candidate)];
      failure = undefined;
      reason = "cancelled";
      try {
        reason = yield* attempt(candidate);
        if (candidate.apiKey === undefined) context.health.succeeded(candidate.provider.name);
        break;
      } catch (thrown) {
        failure = context.signal.aborted ? new ApiError("cancelled", "cancelled") : toFailure(thrown);
      }
      if (failure.reason === "cancelled") break;
      if (candidate.apiKey === undefined) context.health.failed(candidate.provider.name, failure);
      reason = "error";
      const next = plan.candidates[index + 1];
      if (next === undefined || firstTokenAt !== undefined || deadline.signal.aborted) {
        yield [failureEvent(failure)];
        break;
      }
      yield [{ type: "message", message: `${failure.message}; trying ${next.provider.name}`, error: failure.class }];
    }
    if (failure?.reason === "cancelled") reason = "cancelled";
    const usage = tally.usage();
    await record();
    yield [
      ...(usage ? [{ type: "usage" as const, usage, model: named, provider: current.provider.name }] : []),
      { type: "finish", finish: { reason } },
      ...notes.map((log) => ({ type: "log" as const, log })),
    ];
  } finally {
    await record();
  }

  /** One provider's answer, up to its finish. @throws what the provider threw */
  async function* attempt({ provider, model, apiKey }: Candidate): AsyncGenerator<RunEvent[], FinishReason> {
    if (provider.chat === undefined) throw new ApiError("upstream_rejected", `${provider.name} answers no chats`);
    const chat = toChat(request, messages, provider, model, notes);
    const silenceMs = Math.min(limits.silenceMs, (request.stream_timeout ?? Infinity) * 1000);
    if (apiKey === undefined) context.health.claim(provider.name);
    const thinking = createThinkingParser(clock);
    let isReasoning = false;
    let hasCalls = false;
    let finish: FinishReason = "stop";

    try {
      for await (const batch of provider.chat(chat, {
        signal: deadline.signal,
        silenceMs,
        ...(apiKey !== undefined && { apiKey }),
      })) {
        const events: RunEvent[] = [];
        for (const event of batch) translate(event, events);
        if (events.length > 0) yield count(events);
      }
    } catch (thrown) {
      yield* closeThinking();
      throw thrown;
    }
    yield* closeThinking();
    return finish === "stop" && hasCalls ? "tool_calls" : finish;

    function* closeThinking(): Generator<RunEvent[]> {
      const events: (EventOf<"content"> | EventOf<"reasoning">)[] = [];
      thinking.end(events);
      if (events.length > 0) yield count(events);
    }

    function translate(event: ProviderEvent, into: RunEvent[]): void {
      switch (event.type) {
        case "content":
          if (isReasoning) into.push({ type: "reasoning", token: null, status: "" });
          isReasoning = false;
          if (event.urls) into.push(event);
          else thinking.push(event.content, into as (EventOf<"content"> | EventOf<"reasoning">)[]);
          return;
        case "reasoning":
          isReasoning = true;
          into.push(event);
          return;
        case "tool_calls":
          hasCalls = true;
          into.push(event);
          return;
        case "model":
          if (event.model !== named) into.push(providerEvent({ provider, model: event.model }));
          named = event.model;
          return;
        case "state":
          into.push({ type: "conversation", conversation: { [provider.name]: event.state } });
          return;
        case "usage":
          return tally.tell(event.usage);
        case "finish":
          finish = event.reason;
          return;
        case "log":
          notes.push(`${provider.name}: ${event.log}`);
      }
    }
  }

  function count(events: RunEvent[]): RunEvent[] {
    for (const event of events) {
      if (event.type === "content" || event.type === "reasoning" || event.type === "tool_calls")
        firstTokenAt ??= clock();
      tally.add(event);
    }
    return events;
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
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0, ...details } = tally.usage() ?? {};
    const row: UsageRow = {
      run_id: context.id,
      owner: context.owner,
      created_at: startedAt,
      day: utcDay(startedAt),
      provider: current.provider.name,
      model: named,
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

function providerEvent({
  provider: { name, url, label },
  model,
}: Pick<Candidate, "provider" | "model">): EventOf<"provider"> {
  return { type: "provider", provider: { name, url, label, model } };
}

function routerEvent(asked: string | null): EventOf<"provider"> {
  return { type: "provider", provider: { name: routerName, url: null, label: "Auto", model: asked } };
}

function failureEvent(failure: ApiError): EventOf<"error"> | EventOf<"auth"> {
  const message = `${failure.class}: ${failure.message}`;
  if (failure.class === "MissingAuthError") return { type: "auth", auth: failure.class, message };
  return { type: "error", error: failure.class, message };
}
