import { arrayAt, countAt } from "../../lib/json.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { EmbeddingRequest, Embeddings } from "../media.ts";
import type { Call } from "../provider.ts";
import type { Requests } from "../requests.ts";

/** Most texts that the vendor takes at once. */
const maxTexts = 100;

/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
export async function embed(
  requests: Requests,
  provider: string,
  { model, texts, dimensions }: EmbeddingRequest,
  call: Call,
): Promise<Embeddings> {
  const path = `/models/${encodeURIComponent(model.toWellFormed())}:batchEmbedContents`;
  const vectors: number[][] = [];
  let promptTokens = 0;
  for (let start = 0; start < texts.length; start += maxTexts) {
    const asked = texts.slice(start, start + maxTexts).map((text) => ({
      model: `models/${model}`,
      content: { parts: [{ text }] },
      ...(dimensions !== undefined && { outputDimensionality: dimensions }),
    }));
    const answer = await requests.json({ path, body: { requests: asked } }, call);
    const found = arrayAt(answer, "embeddings").map((entry) => toVector(arrayAt(entry, "values")));
    if (found.length !== asked.length || found.some((vector) => vector.length === 0))
      throw new ApiError("upstream_failed", `${provider} sent ${found.length} vectors for ${asked.length} texts`);
    vectors.push(...found);
    promptTokens += countAt(answer, "usageMetadata", "promptTokenCount") ?? 0;
  }
  return { vectors, ...(promptTokens > 0 && { promptTokens }) };
}

/** Of length 1: vectors that the vendor shortens are not, and callers compare them by their products. */
function toVector(values: readonly unknown[]): number[] {
  const numbers = values.filter((value) => typeof value === "number");
  const length = Math.hypot(...numbers);
  return length > 0 && Math.abs(length - 1) > 1e-3 ? numbers.map((value) => value / length) : numbers;
}
