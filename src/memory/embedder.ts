import { ApiError } from "../protocol/errors.ts";
import type { Model } from "../protocol/models.ts";
import type { Embeddings } from "../providers/media.ts";
import { isEmbedder } from "../providers/model-traits.ts";
import type { Provider } from "../providers/provider.ts";
import type { Candidate } from "../routing/candidate.ts";
import type { Task } from "../routing/tasks.ts";

/** Whose vectors are used; without a provider anybody's, without a model the one that its name tells of. */
export interface Embedder {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
}

/** The setting `memory_embeddings`; `undefined` where it is off. */
export function parseEmbedder(setting: string): Embedder | undefined {
  if (setting === "" || setting === "off") return undefined;
  if (setting === "auto") return {};
  const slash = setting.indexOf("/");
  return slash === -1
    ? { provider: setting }
    : { provider: setting.slice(0, slash), model: setting.slice(slash + 1) || undefined };
}

/** As vectors are labelled. */
export function nameOf({ provider, model }: Embedder | Candidate): string {
  return `${typeof provider === "object" ? provider.name : (provider ?? "")}/${model ?? ""}`;
}

/** What is asked for beside whose vectors they are. */
interface EmbedTask extends Omit<Embedder, "model"> {
  readonly model?: string | null | undefined;
  readonly dimensions?: number | undefined;
}

export function toEmbedTask(asked: EmbedTask, texts: readonly string[]): Task<Embeddings> {
  const { provider, model, dimensions } = asked;
  return {
    provider,
    model,
    skill: "say as vectors what texts mean",
    kind: "embedding",
    isAble: ({ embed }) => embed !== undefined,
    choose: chooseEmbedder,
    ask({ provider: found, model: its }, call) {
      if (found.embed) return found.embed({ model: its, texts, ...(dimensions !== undefined && { dimensions }) }, call);
      throw new ApiError("not_offered", `${found.name} does not say as vectors what texts mean`);
    },
  };
}

function chooseEmbedder({ defaultModel = "" }: Provider, models: readonly Model[] = []): string | undefined {
  return isEmbedder(defaultModel) ? defaultModel : models.find(({ id }) => isEmbedder(id))?.id;
}
