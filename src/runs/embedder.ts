import { openDeadline } from "../lib/deadline.ts";
import { createTokenCounter } from "../lib/text.ts";
import type { Caller } from "../protocol/caller.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import { toEmbedTask } from "../memory/embedder.ts";
import type { Embeddings } from "../providers/media.ts";
import { isRouterName } from "../providers/registry.ts";
import { askedModel } from "../routing/asked.ts";
import type { Tasks } from "../routing/tasks.ts";
import { cancellation } from "./live-run.ts";
import { recordTask, type TaskRecordParts } from "./task-record.ts";

/** Texts whose meaning is wanted as vectors. */
export interface EmbedAsk {
  readonly texts: readonly string[];
  /** Without one, the one that its name tells of. */
  readonly model?: string | null | undefined;
  /** Who is to be asked; the first that can, if it is not said. */
  readonly provider?: string | undefined;
  /** How long vectors shall be; a provider may refuse to be told. */
  readonly dimensions?: number | undefined;
}

/** What texts mean, and who says so. */
export interface Embedded extends Embeddings {
  /** Counted here where the provider does not tell. */
  readonly promptTokens: number;
  readonly provider: string;
  readonly model: string;
}

/** Says as vectors what texts mean, for those who keep them themselves. */
export interface TextEmbedder {
  /**
   * One vector for each text, in order. It leaves a row of usage.
   *
   * @throws {ApiError} `budget_spent`, `provider_not_found`, `model_not_found`, `not_offered` where nobody can; else as a
   * provider's `embed`; `cancelled` when `signal` aborts
   */
  embed(ask: EmbedAsk, caller: Caller, signal: AbortSignal): Promise<Embedded>;
}

export interface TextEmbedderParts extends TaskRecordParts {
  readonly tasks: Tasks;
  /** Longest time for one, in milliseconds. */
  readonly runMs: number;
}

export function createTextEmbedder(parts: TextEmbedderParts): TextEmbedder {
  const { tasks, clock, runMs } = parts;
  return {
    async embed(ask, caller, callersSignal) {
      await parts.budgets.check(caller);
      const startedAt = clock();
      using deadline = openDeadline(callersSignal, runMs, tooLong);
      const { signal } = deadline;
      try {
        const { value, candidate, end } = await tasks.begin(toEmbedTask(await whose(ask), ask.texts), signal);
        end();
        const { vectors, promptTokens = estimate(ask.texts) } = value;
        const tokens = { prompt: promptTokens, completion: 0 };
        await recordTask(parts, { caller, startedAt, candidate, details: { texts: ask.texts.length }, tokens });
        return { vectors, promptTokens, provider: candidate.provider.name, model: candidate.model };
      } catch (thrown) {
        if (callersSignal.aborted) throw cancellation();
        throw signal.aborted ? toApiError(signal.reason) : thrown;
      }
    },
  };

  /** Who is asked without a model is always the same: vectors of two models cannot be compared. */
  async function whose({ provider = "", model, dimensions }: EmbedAsk) {
    if (askedModel(model) !== null || !(provider === "" || isRouterName(provider)))
      return { provider, model, dimensions };
    const [first] = await tasks.listReady(toEmbedTask({ provider }, []));
    return { provider: first ?? provider, dimensions };
  }

  function tooLong(): ApiError {
    return new ApiError("upstream_timeout", `it took longer than ${runMs / 1000} s to read the texts`);
  }
}

function estimate(texts: readonly string[]): number {
  const counter = createTokenCounter();
  for (const text of texts) counter.add(text);
  return counter.tokens;
}
