import { type Clock, msSince } from "../lib/clock.ts";
import type { ApiError } from "../protocol/errors.ts";
import type { Attempt, AttemptOutcome, Decision, RunTrace, TracedCall, TraceEnd } from "../protocol/trace.ts";
import type { Candidate } from "../routing/candidate.ts";
import { toTarget } from "../routing/decision.ts";

/** How a run came about, while it does. */
export interface Trace {
  begin(candidate: Candidate, how: { readonly isHedge: boolean; readonly emulatesTools: boolean }): AttemptTrace;
  /** A tool is called; gives what to call when it has answered. */
  call(name: string): () => void;
  /** The whole of it: what comes later is not of this run. */
  finish(end: Omit<TraceEnd, "ended_ms">): RunTrace;
  read(): RunTrace;
}

/** One attempt; it ends once, and what is told of it later is not kept. */
export interface AttemptTrace {
  firstToken(): void;
  end(outcome: AttemptOutcome, failure?: Pick<ApiError, "class" | "message">): void;
}

export function createTrace(runId: string, decision: Decision, clock: Clock): Trace {
  const createdAt = clock();
  const attempts: Attempt[] = [];
  const calls: TracedCall[] = [];
  let ended: TraceEnd | undefined;
  const sinceStart = () => msSince(createdAt, clock());
  return {
    begin(candidate, { isHedge, emulatesTools }) {
      const attempt: Attempt = {
        ...toTarget(candidate),
        started_ms: sinceStart(),
        first_token_ms: null,
        ended_ms: null,
        outcome: "running",
        error: null,
        message: null,
        hedge: isHedge,
        tool_emulation: emulatesTools,
      };
      attempts.push(attempt);
      return {
        firstToken: () => void (attempt.first_token_ms ??= sinceStart()),
        end(outcome, failure) {
          if (attempt.outcome !== "running") return;
          attempt.outcome = outcome;
          attempt.ended_ms = sinceStart();
          attempt.error = failure?.class ?? null;
          attempt.message = failure?.message ?? null;
        },
      };
    },
    call(name) {
      const call: TracedCall = { name, started_ms: sinceStart(), ended_ms: null };
      calls.push(call);
      return () => void (call.ended_ms = sinceStart());
    },
    finish(end) {
      ended = { ...end, ended_ms: sinceStart() };
      return read();
    },
    read,
  };

  function read(): RunTrace {
    const created_at = new Date(createdAt).toISOString();
    return {
      run_id: runId,
      created_at,
      decision,
      attempts,
      ...(calls.length > 0 && { calls }),
      ...(ended && { end: ended }),
    };
  }
}
