import { ApiError } from "../../protocol/errors.ts";
import { partsOf, textOf } from "./contents.ts";
import type { EmbedContentRequest } from "./request.ts";

/** Texts to be embedded, each a vector of its own. */
export interface AskedEmbeddings {
  readonly texts: readonly string[];
  readonly dimensions: number | undefined;
}

/** https://ai.google.dev/api/embeddings @throws {ApiError} `invalid_request` */
export function toAskedEmbeddings(requests: readonly EmbedContentRequest[]): AskedEmbeddings {
  const sizes = new Set(requests.map(({ outputDimensionality }) => outputDimensionality ?? undefined));
  if (requests.length === 0) throw new ApiError("invalid_request", "requests: expected at least one");
  if (sizes.size > 1)
    throw new ApiError("invalid_request", "requests: expected the same outputDimensionality for all of them");
  return { texts: requests.map(({ content }) => textOf(partsOf(content))), dimensions: [...sizes][0] };
}

export function toEmbeddings(vectors: readonly (readonly number[])[]) {
  return vectors.map((values) => ({ values }));
}
