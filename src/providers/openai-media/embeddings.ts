import { arrayAt, at, countAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { Embeddings } from "../media.ts";
import type { Provider } from "../provider.ts";
import type { Requests } from "../requests.ts";

/** How a vendor's embedding models are asked. */
export interface EmbeddingQuirks {
  /** The field that takes how long a vector shall be; `null` where the vendor decides. */
  readonly dimensionsField?: string | null;
  /** Texts that one request may hold. */
  readonly maxTexts?: number;
  /** Sent with every request. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** https://platform.openai.com/docs/api-reference/embeddings: at most 2,048 texts at once */
export function createEmbed(name: string, requests: Requests, quirks: EmbeddingQuirks): Provider["embed"] {
  const { dimensionsField = "dimensions", maxTexts = 2048, fields } = quirks;
  return async ({ model, texts, dimensions }, call) => {
    if (dimensions !== undefined && dimensionsField === null)
      throw new ApiError("upstream_rejected", `${name} does not let choose how long vectors are: leave dimensions out`);
    const vectors: (readonly number[])[] = [];
    let promptTokens: number | undefined;
    for (let from = 0; from < texts.length; from += maxTexts) {
      const input = texts.slice(from, from + maxTexts);
      const body = {
        ...fields,
        model,
        input,
        ...(dimensions !== undefined && dimensionsField !== null && { [dimensionsField]: dimensions }),
      };
      const answer = await requests.json({ path: "/embeddings", body, isSlow: true }, call);
      vectors.push(...toVectors(answer, input.length, name));
      const told = countAt(answer, "usage", "prompt_tokens") ?? countAt(answer, "usage", "total_tokens");
      if (told !== undefined) promptTokens = (promptTokens ?? 0) + told;
    }
    return { vectors, ...(promptTokens !== undefined && { promptTokens }) };
  };
}

function toVectors(answer: unknown, count: number, name: string): Embeddings["vectors"] {
  const entries = arrayAt(answer, "data");
  // Each says of which text it is; where none does, they come in order.
  const ordered = entries
    .map((entry, position) => ({ vector: at(entry, "embedding"), index: countAt(entry, "index") ?? position }))
    .sort((a, b) => a.index - b.index);
  const vectors = ordered.map(({ vector }) => vector).filter(isVector);
  if (vectors.length !== count || ordered.some(({ index }, position) => index !== position))
    throw new ApiError("upstream_failed", `${name} sent ${vectors.length} vectors for ${count} texts`);
  return vectors;
}

export function isVector(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === "number");
}
