import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { FinishReason, NumberedEvent, RunEvent } from "../protocol/events.ts";
import type { RunInfo, RunState } from "../protocol/runs.ts";
import type { RunTrace } from "../protocol/trace.ts";
import type { RunRow } from "../store/journal.ts";
import { createEventLog, type EventReader } from "./event-log.ts";
import { failureEvent } from "../protocol/failure-event.ts";
import type { Journal, RunJournal } from "./journal.ts";
import { toRunInfo } from "./run-info.ts";
import type { Trace } from "./trace.ts";

/** An answer being produced. */
export interface Run {
  readonly id: string;
  readonly owner: string;
  readonly chatId: string | null;
  /** Whether it can be joined: its events are on disk as well. */
  readonly isJournalled: boolean;
  /** How many read it now. */
  readonly readers: number;
  /** Resolves when it is over and nothing more is to be written. */
  readonly ended: Promise<void>;
  info(): RunInfo;
  /** How it came about so far. */
  trace(): RunTrace;
  /** Its events after a number. A run that cannot be joined has one reader, from the beginning. */
  attach(after: number): EventReader;
  /** Stops it, and the upstream's work for it, at once. */
  stop(reason: ApiError): void;
}

export interface LiveRunParts {
  /** As it begins. */
  readonly row: RunRow;
  /** Its events: `run()` of `run.ts`, given the signal. */
  readonly events: (signal: AbortSignal) => AsyncGenerator<RunEvent[]>;
  readonly trace: Trace;
  /** Where it can be joined. */
  readonly journal: Journal | undefined;
  readonly timeoutMs: number;
  /** How long it goes on while nobody is attached. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export const cancellation = () => new ApiError("cancelled", "cancelled");

/** Starts to produce an answer: it belongs to the server, and whoever reads it only attaches to it. */
export async function startLiveRun(parts: LiveRunParts): Promise<Run> {
  const { journal, timeoutMs, graceMs, clock, log } = parts;
  const controller = new AbortController();
  const { signal } = controller;
  const stop = (reason: ApiError) => controller.abort(reason);
  let row = parts.row;
  const kept = await journal?.begin(row, { onWritten: (upTo) => events.release(upTo), onFailure: stop });
  const events = createEventLog(kept?.read);
  signal.addEventListener("abort", events.letGo);
  const timeout = setTimeout(
    () => stop(new ApiError("upstream_timeout", `the answer took longer than ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  let attached = 0;
  let isOver = false;
  let grace = setTimeout(abandon, graceMs);
  const ended = produce();

  return {
    id: row.id,
    owner: row.owner,
    chatId: row.chat_id,
    isJournalled: journal !== undefined,
    get readers() {
      return attached;
    },
    ended,
    info: () => toRunInfo({ ...row, sequence: events.sequence }),
    trace: parts.trace.read,
    attach(after) {
      attached++;
      clearTimeout(grace);
      return events.read(after, () => {
        if (--attached > 0 || isOver) return;
        // Without a timer where there is no grace: what the upstream still says then is paid for.
        if (graceMs === 0) abandon();
        else grace = setTimeout(abandon, graceMs);
      });
    },
    stop,
  };

  function abandon(): void {
    stop(cancellation());
  }

  async function produce(): Promise<void> {
    try {
      for await (const batch of parts.events(signal)) {
        const wait = take(batch);
        if (wait) await wait;
      }
    } catch (error) {
      log.error("a run broke", { run: row.id, error });
      if (row.reason === null)
        await take([failureEvent(toApiError(error)), { type: "finish", finish: { reason: "error" } }]);
    } finally {
      isOver = true;
      clearTimeout(timeout);
      clearTimeout(grace);
      events.end();
    }
  }

  /** Gives a promise where the run is to wait. */
  function take(batch: readonly RunEvent[]): Promise<void> | undefined {
    const next = batch.reduce(withEvent, row);
    const numbered = events.append(batch);
    if (next.reason !== null) return end(next, numbered);
    const changed = next === row ? undefined : next;
    row = next;
    if (kept) return write(kept, numbered, changed);
    events.show();
    return events.room();
  }

  /** Nobody is shown what is not on disk: who has seen an event finds it again, whatever happens to the server. */
  async function write(kept: RunJournal, numbered: readonly NumberedEvent[], changed?: RunRow): Promise<void> {
    if (!(await kept.append(numbered, changed))) return;
    events.show();
    await events.room();
  }

  async function end(last: RunRow, numbered: readonly NumberedEvent[]): Promise<void> {
    const sequence = numbered.at(-1)?.seq ?? last.sequence;
    const ended: RunRow = { ...last, state: endState(last.reason, signal), ended_at: clock(), sequence };
    await kept?.end(ended, numbered, events.end);
    row = ended;
    events.show();
  }
}

function withEvent(row: RunRow, event: RunEvent): RunRow {
  switch (event.type) {
    case "provider":
      return { ...row, provider: event.provider.name, model: event.provider.model };
    case "usage":
      return { ...row, usage: JSON.stringify(event.usage) };
    case "finish":
      return { ...row, reason: event.finish.reason };
    default:
      return row;
  }
}

function endState(reason: FinishReason | null, signal: AbortSignal): RunState {
  if (reason === "cancelled") return "cancelled";
  if (reason !== "error") return "finished";
  return signal.aborted && toApiError(signal.reason).reason === "shutting_down" ? "interrupted" : "failed";
}
