import { createAnswer } from "../../../../dialects/openai/responses/answer.ts";
import { runIdOf } from "../../../../dialects/openai/responses/ids.ts";
import { type About, type Outcome, toResponse, withoutOutput } from "../../../../dialects/openai/responses/response.ts";
import { createToText } from "../../../../dialects/media-text.ts";
import { maxJsonDepth, parseJson } from "../../../../lib/json.ts";
import { ApiError, isNotFound } from "../../../../protocol/errors.ts";
import type { ResponseRow } from "../../../../store/responses.ts";
import type { Services } from "../../../../services.ts";

/** The responses that are kept, each its owner's alone. */
export interface KeptResponses {
  /** As it stands now. @throws {ApiError} `not_found` */
  get(id: string, owner: string): Promise<ResponseRow>;
  /** Says that a response is being answered here, until a promise resolves. */
  follow(id: string, ended: Promise<void>): void;
  /** Resolves once one that is being answered here is over and written. */
  whenEnded(id: string): Promise<void>;
  /** Ends one that has no end yet. */
  end(id: string, outcome: Outcome, at: number): Promise<void>;
}

export function createKeptResponses({ store, runs, clock }: Services): KeptResponses {
  const table = store.responses;
  /** Those that are answered here now. */
  const following = new Map<string, Promise<void>>();

  return {
    async get(id, owner) {
      const row = await table.find(id);
      if (row?.owner !== owner) throw noResponse(id);
      if (row.outcome !== null || following.has(id)) return row;
      const left = await findOutcome(row);
      if (!left) return row;
      await end(id, left, clock());
      return (await table.find(id)) ?? row;
    },
    follow(id, ended) {
      following.set(id, ended);
      // One that is asked for once more by its `Idempotency-Key` is followed by whoever came last.
      void ended.then(() => following.get(id) === ended && following.delete(id));
    },
    whenEnded: async (id) => following.get(id),
    end,
  };

  function end(id: string, outcome: Outcome, at: number): Promise<void> {
    return table.end(id, { status: outcome.status, completed_at: at, outcome: JSON.stringify(outcome) });
  }

  /** What came of one that nobody here follows; `undefined` where it is still being answered. */
  async function findOutcome({ id, owner, server, origin }: ResponseRow): Promise<Outcome | undefined> {
    const runId = runIdOf(id) ?? "";
    const run = await runs.get(runId, owner).catch(orUndefined);
    if (!run) return isServed(server) ? undefined : withoutOutput("failed", interrupted);
    if (run.state === "running") return undefined;
    const answer = createAnswer(id, createToText(origin));
    for await (const batch of await runs.attach(runId, owner, 0)) for (const { event } of batch) answer.add(event);
    return answer.read();
  }

  /** By another server on the same data directory. */
  function isServed(server: number): boolean {
    return server !== store.presence.id && store.presence.living().has(server);
  }
}

const interrupted = { code: "server_error", message: "the server stopped in the middle of this response; ask again" };

export function toAboutOf(row: ResponseRow): About {
  return readJson<About>(row.about);
}

export function toKept(row: ResponseRow) {
  const outcome = row.outcome === null ? withoutOutput("in_progress") : readJson<Outcome>(row.outcome);
  return toResponse(toAboutOf(row), outcome, row.completed_at);
}

/** What was written by us, around what came from a caller. */
export function readJson<T>(text: string): T {
  return parseJson(text, maxJsonDepth + 8) as T;
}

/** In the words of the API; the id is repeated where it is one of ours. */
function noResponse(id: string): ApiError {
  return new ApiError("not_found", runIdOf(id) ? `Response with id '${id}' not found.` : "Response not found.");
}

function orUndefined(thrown: unknown): undefined {
  if (isNotFound(thrown)) return undefined;
  throw thrown;
}
