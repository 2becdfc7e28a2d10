import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { TraceParent } from "../protocol/caller.ts";
import type { Attempt, TracedCall } from "../protocol/trace.ts";
import type { EndedRun } from "../runs/observer.ts";
import { type Place, toAttemptAttributes, toCallAttributes, toRunAttributes } from "./attributes.ts";

export interface SpansParts {
  readonly tracer: Tracer;
  /** What is known of a provider that is the server's own. */
  readonly placeOf: (provider: string) => Place;
}

interface Written {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** Milliseconds after the beginning of the run. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly hasFailed: boolean;
}

/** How many it takes to tell of a run. */
export function countSpans({ trace: { attempts, calls = [] } }: EndedRun): number {
  return 1 + attempts.filter(wasAsked).length + calls.length;
}

/**
 * Tells of a run: one span for the whole, below it one for each provider that was asked and for each tool that was called.
 * All are written when it is over, with the times that were noted: while it goes on, nothing is done for them.
 */
export function writeSpans(run: EndedRun, { tracer, placeOf }: SpansParts): void {
  const { row, trace: told, caller } = run;
  const { attempts, calls = [], end } = told;
  const begunAt = Date.parse(told.created_at);
  const endMs = end?.ended_ms ?? row.duration_ms;
  const span = tracer.startSpan(
    "run",
    { kind: SpanKind.SERVER, startTime: new Date(begunAt), attributes: toRunAttributes(run) },
    contextOf(caller.parent),
  );
  const below = trace.setSpan(ROOT_CONTEXT, span);
  for (const attempt of attempts) {
    if (wasAsked(attempt)) write(toAttemptSpan(attempt), attempt.first_token_ms);
    else span.addEvent("skipped", { "parley.provider": attempt.provider }, atMs(attempt.started_ms));
  }
  for (const call of calls) write(toCallSpan(call));
  if (row.outcome === "error") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(atMs(endMs));

  function atMs(ms: number): Date {
    return new Date(begunAt + ms);
  }

  function toAttemptSpan(attempt: Attempt): Written {
    return {
      name: `chat ${attempt.model}`,
      kind: SpanKind.CLIENT,
      attributes: toAttemptAttributes(attempt, run, placeOf),
      fromMs: attempt.started_ms,
      untilMs: attempt.ended_ms ?? endMs,
      hasFailed: attempt.outcome === "failed",
    };
  }

  function toCallSpan(call: TracedCall): Written {
    return {
      name: `execute_tool ${call.name}`,
      kind: SpanKind.INTERNAL,
      attributes: toCallAttributes(call, run),
      fromMs: call.started_ms,
      untilMs: call.ended_ms ?? endMs,
      hasFailed: false,
    };
  }

  function write(
    { name, kind, attributes, fromMs, untilMs, hasFailed }: Written,
    firstTokenMs: number | null = null,
  ): void {
    const child = tracer.startSpan(name, { kind, startTime: atMs(fromMs), attributes }, below);
    if (firstTokenMs !== null) child.addEvent("first token", atMs(firstTokenMs));
    // Why is not said: a vendor's words may quote the question.
    if (hasFailed) child.setStatus({ code: SpanStatusCode.ERROR });
    child.end(atMs(untilMs));
  }
}

function wasAsked({ outcome }: Attempt): boolean {
  return outcome !== "skipped";
}

function contextOf(parent: TraceParent | undefined): Context {
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1, isRemote: true });
}
