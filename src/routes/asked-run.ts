import { replayed } from "../http/idempotency.ts";
import { toRunHeaders } from "../http/run-headers.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import type { EventReader } from "../runs/event-log.ts";
import { orExpired } from "../runs/start-once.ts";
import type { Services } from "../services.ts";

/** The run that a request is answered with. */
export interface AskedRun {
  readonly runId: string;
  readonly events: EventReader;
  /** Who answers; or that it is read once more. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether its `Idempotency-Key` stood for it already. */
  readonly isRepeated: boolean;
}

/**
 * Begins a run, or reads the one once more that the request's `Idempotency-Key` stands for.
 *
 * @param toAsked what is asked, made where it is to be begun alone
 * @throws {ApiError} as `Runs.start`, and as `toAsked`
 */
export type AskRun = (request: Request, toAsked: () => ChatRequest | Promise<ChatRequest>) => Promise<AskedRun>;

export function createAskRun({ runs, access, idempotency }: Pick<Services, "runs" | "access" | "idempotency">): AskRun {
  return async (request, toAsked) => {
    const caller = access.caller(request);
    const repeated = await idempotency.findRun(request);
    if (repeated !== undefined) {
      const events = await runs.attach(repeated, caller.owner, 0).catch(orExpired);
      return { runId: repeated, events, headers: replayed, isRepeated: true };
    }
    const asked = await toAsked();
    // Who may send it again must find the answer again.
    const kept = idempotency.isFor(request) ? { ...asked, resumable: true } : asked;
    const run = await runs.start(kept, caller, request.signal);
    await idempotency.bindRun(request, run.id);
    return { runId: run.id, events: run.attach(0), headers: toRunHeaders(run.trace()), isRepeated: false };
  };
}
