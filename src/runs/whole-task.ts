import { openDeadline } from "../lib/deadline.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { Task, Tasks } from "../routing/tasks.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { KeyRuns } from "./key-runs.ts";
import { cancellation } from "./live-run.ts";
import { type DoneTask, recordTask, type TaskRecordParts } from "./task-record.ts";

export interface WholeTaskParts extends TaskRecordParts {
  readonly tasks: Tasks;
  readonly keyRuns: KeyRuns;
  /** Longest time for one, in milliseconds. */
  readonly runMs: number;
}

/** A task whose answer is taken whole. */
export interface WholeTask<T> {
  /** Made once the caller is known to have something left. */
  readonly toTask: () => Promise<Task<T>>;
  /** What took too long, for people: `to read the texts`. */
  readonly purpose: string;
  /** For its row of usage. */
  readonly toCounted: (value: T) => Pick<DoneTask, "details" | "tokens">;
}

/**
 * Has it done, within the caller's budget and the server's time, and leaves a row of usage.
 *
 * @throws {ApiError} `budget_spent`; as `KeyRuns.begin` and `Tasks.begin`; `upstream_timeout`; `cancelled` when the caller's signal aborts
 */
export async function doWhole<T>(
  { toTask, purpose, toCounted }: WholeTask<T>,
  caller: Caller,
  callersSignal: AbortSignal,
  parts: WholeTaskParts,
): Promise<{ readonly value: T; readonly candidate: Candidate }> {
  const { tasks, clock, runMs } = parts;
  const endRun = parts.keyRuns.begin(caller);
  const startedAt = clock();
  const tooLong = () => new ApiError("upstream_timeout", `it took longer than ${runMs / 1000} s ${purpose}`);
  using deadline = openDeadline(callersSignal, runMs, tooLong);
  const { signal } = deadline;
  try {
    await parts.budgets.check(caller);
    const { value, candidate, end } = await tasks.begin(await toTask(), signal);
    end();
    await recordTask(parts, { caller, startedAt, candidate, ...toCounted(value) });
    return { value, candidate };
  } catch (thrown) {
    if (callersSignal.aborted) throw cancellation();
    throw signal.aborted ? toApiError(signal.reason) : thrown;
  } finally {
    endRun();
  }
}
