import { openDeadline } from "../lib/deadline.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import type { SearchEngine, SearchQuery, SearchResult } from "./engine.ts";

/** Several engines, of which the first that finds something answers. */
export interface FirstAnswer {
  /** Of its engines, in the order in which they are asked; none where there is nobody to ask. */
  readonly names: readonly string[];
  /**
   * Each is given half of the time that is left, the last all of it. An engine that refused a moment ago is passed over
   * as long as another one finds something.
   *
   * @throws {ApiError} `fetch_failed` where none answers, with one sentence of each; the signal's reason
   */
  search(query: SearchQuery, signal: AbortSignal, timeoutMs: number): Promise<Found>;
  /** Asks each of them, for whoever wants to know whether they answer. @throws the signal's reason */
  tryEach(query: SearchQuery, signal: AbortSignal, timeoutMs: number): Promise<readonly Tried[]>;
}

/** How one engine answered. */
export interface Tried {
  readonly name: string;
  readonly milliseconds: number;
  /** How many results it had. */
  readonly count: number;
  /** Why it did not answer. */
  readonly failure: string | undefined;
}

export interface Found {
  /** Best first; empty where those who answered know of nothing. */
  readonly results: readonly SearchResult[];
  /** Who found them; `undefined` where there are none, or where they were found earlier in the day. */
  readonly engine: string | undefined;
  /** Why those did not answer that were asked before, a sentence each. */
  readonly failures: readonly string[];
}

/** How long an engine that kept silent is better left alone: it would cost each search its share of the time. Arbitrary. */
const silentRestMs = 30_000;

export function createFirstAnswer(engines: readonly SearchEngine[], clock: Clock, log: Log): FirstAnswer {
  const restsUntil = new Map<SearchEngine, number>();
  return {
    names: engines.map(({ name }) => name),
    tryEach: (query, signal, timeoutMs) =>
      Promise.all(engines.map((engine) => tryOne(engine, query, signal, timeoutMs))),
    async search(query, signal, timeoutMs) {
      const start = clock();
      const isResting = (engine: SearchEngine) => (restsUntil.get(engine) ?? 0) > start;
      const order = [...engines.filter((each) => !isResting(each)), ...engines.filter(isResting)];
      const failures: string[] = [];
      let hasAnswered = false;
      for (const [index, engine] of order.entries()) {
        signal.throwIfAborted();
        const left = start + timeoutMs - clock();
        if (left <= 0) break;
        const shareMs = index === order.length - 1 ? left : left / 2;
        const found = await ask(engine, query, signal, shareMs);
        if (found instanceof ApiError) failures.push(found.message);
        else if (found.length > 0) return { results: found, engine: engine.name, failures };
        else hasAnswered = true;
      }
      if (hasAnswered) return { results: [], engine: undefined, failures };
      throw new ApiError("fetch_failed", `no search engine answered. ${failures.join(". ")}.`);
    },
  };

  async function tryOne(engine: SearchEngine, query: SearchQuery, signal: AbortSignal, ms: number): Promise<Tried> {
    const startedAt = performance.now();
    const found = await ask(engine, query, signal, ms);
    const milliseconds = Math.round(performance.now() - startedAt);
    const { name } = engine;
    if (found instanceof ApiError) return { name, milliseconds, count: 0, failure: found.message };
    return { name, milliseconds, count: found.length, failure: undefined };
  }

  async function ask(engine: SearchEngine, query: SearchQuery, signal: AbortSignal, ms: number) {
    const late = () =>
      new ApiError("fetch_failed", `${engine.name}: no answer within ${(ms / 1000).toFixed(1)} s`, {
        retryAfterMs: silentRestMs,
      });
    using deadline = openDeadline(signal, ms, late);
    try {
      return await engine.search(query, deadline.signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toApiError(thrown);
      if (error.retryAfterMs === undefined) return error;
      restsUntil.set(engine, clock() + error.retryAfterMs);
      // Another one answers in its place, so nobody else would tell whoever could mend it.
      log.warn(`a search engine did not answer. ${error.message}`, { asked_last_for_ms: error.retryAfterMs });
      return error;
    }
  }
}
