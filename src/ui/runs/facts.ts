import type { RunInfo, RunState } from "../../protocol/runs.ts";
import type { Attempt, RunTrace } from "../../protocol/trace.ts";
import { toCount, toDollars, toDuration } from "../parts/amounts.ts";
import { toRecentMoment } from "../parts/moments.ts";
import { toElapsed, toReasonWords } from "./words.ts";

export interface Known {
  readonly run: RunInfo | undefined;
  readonly trace: RunTrace | undefined;
}

/** Of what is known of an answer, what people ask first: names and what they are. */
export function toFacts({ run, trace }: Known, now: number): [string, string][] {
  const usage = trace?.end?.usage ?? run?.usage;
  const answered = trace && findAnswer(trace.attempts);
  const createdAt = run?.created_at ?? trace?.created_at;
  const totalMs = trace?.end?.ended_ms ?? (run && toElapsed(run, now));
  const cached = usage?.prompt_tokens_details?.cached_tokens;
  const reasoning = usage?.completion_tokens_details?.reasoning_tokens;
  const cost = trace?.end?.cost;
  const facts: [string, string | null | undefined][] = [
    ["Model", run?.model ?? answered?.model],
    ["Provider", run?.provider ?? answered?.provider],
    ["End", toReasonWords(trace?.end?.reason ?? run?.reason ?? null)],
    ["Begun", createdAt && toRecentMoment(createdAt, now)],
    ["First token", answered?.first_token_ms == null ? undefined : `after ${toDuration(answered.first_token_ms)}`],
    [trace?.end || run?.ended_at ? "Took" : "So far", totalMs === undefined ? undefined : toDuration(totalMs)],
    [
      "Tokens in",
      usage && `${toCount(usage.prompt_tokens)}${cached ? `, ${toCount(cached)} of them kept by the provider` : ""}`,
    ],
    [
      "Tokens out",
      usage && `${toCount(usage.completion_tokens)}${reasoning ? `, ${toCount(reasoning)} of them reasoning` : ""}`,
    ],
    ["Counted by", usage && (usage.estimated ? "this server, roughly" : "the provider")],
    ["Cost", cost == null ? trace?.end && usage && "not known: the model has no price here" : toDollars(cost)],
  ];
  return facts.flatMap(([name, value]) => (value == null || value === "" ? [] : [[name, value]]));
}

/** How it stands, also where only its trace is left. */
export function toState({ run, trace }: Known): RunState {
  if (run) return run.state;
  const reason = trace?.end?.reason;
  if (reason === undefined) return "running";
  return reason === "error" ? "failed" : reason === "cancelled" ? "cancelled" : "finished";
}

function findAnswer(attempts: readonly Attempt[]): Attempt | undefined {
  return (
    attempts.findLast(({ outcome }) => outcome === "answered") ??
    attempts.findLast(({ outcome }) => outcome === "running")
  );
}
