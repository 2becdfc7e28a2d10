import { lazily } from "../lib/lazily.ts";
import { createTokenCounter } from "../lib/text.ts";
import type { Caller } from "../protocol/caller.ts";
import { toEmbedTask } from "../memory/embedder.ts";
import type { Embeddings } from "../providers/media.ts";
import { isRouterName } from "../providers/registry.ts";
import { askedModel } from "../routing/asked.ts";
import { doWhole, type WholeTask, type WholeTaskParts } from "./whole-task.ts";

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

export function createTextEmbedder(parts: WholeTaskParts): TextEmbedder {
  const { tasks } = parts;
  return {
    async embed(ask, caller, signal) {
      const { texts } = ask;
      const estimated = lazily(() => estimate(texts));
      const countOf = ({ promptTokens }: Embeddings) => promptTokens ?? estimated();
      const task: WholeTask<Embeddings> = {
        toTask: async () => toEmbedTask(await whose(ask), texts),
        purpose: "to read the texts",
        toCounted: (value) => ({
          details: { texts: texts.length },
          tokens: { prompt: countOf(value), completion: 0 },
        }),
      };
      const { value, candidate } = await doWhole(task, caller, signal, parts);
      const { provider, model } = candidate;
      return { vectors: value.vectors, promptTokens: countOf(value), provider: provider.name, model };
    },
  };

  /** Who is asked without a model is always the same: vectors of two models cannot be compared. */
  async function whose({ provider = "", model, dimensions }: EmbedAsk) {
    if (askedModel(model) !== null || !(provider === "" || isRouterName(provider)))
      return { provider, model, dimensions };
    const [first] = await tasks.listReady(toEmbedTask({ provider }, []));
    return { provider: first ?? provider, dimensions };
  }
}

function estimate(texts: readonly string[]): number {
  const counter = createTokenCounter();
  for (const text of texts) counter.add(text);
  return counter.tokens;
}
