import type { Log } from "../lib/log.ts";
import type { Budget } from "../protocol/budget.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { ApiError } from "../protocol/errors.ts";
import type { EventOf, FinishReason, RunEvent } from "../protocol/events.ts";
import { failureEvent } from "../protocol/failure-event.ts";
import type { RunTrace } from "../protocol/trace.ts";
import type { UsageRow } from "../store/usage.ts";
import type { ChatRecord } from "./chats/record.ts";
import type { RunBudget } from "./run-budget.ts";
import type { Trace } from "./trace.ts";
import { toUsageRow, type UsageRowParts } from "./usage-row.ts";

/** What stays of a run that is over. */
export interface RunRecord {
  /** Writes its row, and the end of its message where it belongs to a chat: once. Never throws. */
  write(): Promise<void>;
  /** The event that tells what it used, and how its key's day stands after it; none where nothing was used. */
  usage(): Promise<EventOf<"usage">[]>;
}

export interface RunRecordParts extends UsageRowParts {
  readonly budget: RunBudget | undefined;
  readonly trace: Trace;
  readonly chat: ChatRecord | undefined;
  readonly record: (row: UsageRow, trace: RunTrace) => Promise<void>;
  readonly log: Log;
}

export function createRunRecord(request: ChatRequest, parts: RunRecordParts): RunRecord {
  const { id, attempts, prices, trace, chat, log } = parts;
  let isWritten = false;

  return {
    async write() {
      if (isWritten) return;
      isWritten = true;
      const { reason, failure, answer } = attempts;
      const row = toUsageRow(request, parts);
      const end = { reason, usage: answer?.usage() ?? null, cost: row.cost };
      const isKept = parts.record(row, trace.finish(end)).catch((error: unknown) => {
        log.error("a usage row could not be written", { run: id, error });
      });
      chat?.add([...failureEvents(attempts), ...usageEvents(undefined), { type: "finish", finish: { reason } }]);
      await Promise.all([isKept, chat?.end(toMessageState(reason, failure))]);
    },
    usage: async () => usageEvents(await readBudget()),
  };

  function usageEvents(budget: Budget | undefined): EventOf<"usage">[] {
    const { answer } = attempts;
    const usage = answer?.usage();
    if (!answer || !usage) return [];
    const cost = answer.cost(prices);
    const provider = answer.candidate.provider.name;
    const about = { model: answer.model, provider, ...(cost !== undefined && { cost }), ...(budget && { budget }) };
    return [{ type: "usage", usage, ...about }];
  }

  async function readBudget(): Promise<Budget | undefined> {
    return parts.budget?.read().catch((error: unknown) => {
      log.error("a budget could not be read", { run: id, error });
      return undefined;
    });
  }
}

/** What tells that a run failed, where it did. */
export function failureEvents({ reason, failure }: RunRecordParts["attempts"]): RunEvent[] {
  return reason === "error" && failure ? [failureEvent(failure)] : [];
}

function toMessageState(reason: FinishReason, failure: ApiError | undefined) {
  if (reason === "cancelled") return "cancelled";
  if (reason !== "error") return "done";
  return failure?.reason === "shutting_down" ? "interrupted" : "failed";
}
