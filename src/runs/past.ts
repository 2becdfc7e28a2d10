import { tryParseJson } from "../lib/json.ts";
import { ApiError } from "../protocol/errors.ts";
import type { RunTrace } from "../protocol/trace.ts";
import type { ChatTable } from "../store/chats.ts";
import type { RunRow } from "../store/journal.ts";
import type { TraceTable } from "../store/traces.ts";
import { type ChatRecoveryParts, recoverChats } from "./chats/recovery.ts";
import { type RecoveryParts, recoverRuns } from "./recovery.ts";

/** The runs that are on disk: over, another server's, or left by one that is no more, which are ended when they are met. */
export interface PastRuns {
  /** Newest first. */
  list(owner: string, limit: number): Promise<RunRow[]>;
  /** @throws {ApiError} `not_found` */
  get(id: string, owner: string): Promise<RunRow>;
  /** @throws {ApiError} `not_found`, `still_running` */
  getEnded(id: string, owner: string): Promise<RunRow>;
  /** @throws {ApiError} `not_found` */
  trace(id: string, owner: string): Promise<RunTrace>;
  /** Ends the runs of servers that are no more, as interrupted, in their chats too, and gives their number. */
  recover(): Promise<number>;
}

export interface PastRunsParts extends RecoveryParts, ChatRecoveryParts {
  readonly chats: ChatTable;
  readonly traces: TraceTable;
}

export function createPastRuns(parts: PastRunsParts): PastRuns {
  const { tables, traces, isRunning } = parts;

  return {
    async list(owner, limit) {
      const rows = await tables.list(owner, limit);
      return rows.some(isDoubtful) && (await recover()) > 0 ? tables.list(owner, limit) : rows;
    },
    get,
    async getEnded(id, owner) {
      const row = await get(id, owner);
      if (row.state !== "running") return row;
      const cure = isRunning(id) ? "attach to it" : "ask the other server on this data directory";
      throw new ApiError("still_running", `this answer is still being produced: ${cure}`);
    },
    async trace(id, owner) {
      const row = await traces.find(id);
      const trace = row?.owner === owner ? tryParseJson(row.trace) : undefined;
      if (trace === undefined) throw notFound();
      // Written by us.
      return trace as RunTrace;
    },
    recover,
  };

  async function get(id: string, owner: string): Promise<RunRow> {
    const row = await tables.find(id);
    if (row?.owner !== owner) throw notFound();
    // Once it is recovered it is not doubtful any more; one that another server runs stays so.
    return isDoubtful(row) && (await recover()) > 0 ? get(id, owner) : row;
  }

  /** Called running, and not here: its server may be no more. */
  function isDoubtful({ id, state }: RunRow): boolean {
    return state === "running" && !isRunning(id);
  }

  async function recover(): Promise<number> {
    const recovered = await recoverRuns(parts);
    await recoverChats(parts);
    return recovered;
  }
}

function notFound(): ApiError {
  return new ApiError("not_found", "there is no such answer, or it has expired");
}
