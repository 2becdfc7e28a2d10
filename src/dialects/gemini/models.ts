import type { ModelSummary } from "../../protocol/models.ts";

/** https://ai.google.dev/api/models#Model */
export function toGeminiModel({ name, label }: ModelSummary) {
  return {
    name: `models/${name}`,
    version: "1",
    displayName: label,
    supportedGenerationMethods: ["generateContent", "countTokens", "embedContent"],
  };
}

const usualPageSize = 50;
const maxPageSize = 1000;

/** One page, whose token is where the next begins: https://ai.google.dev/api/models#method:-models.list */
export function toGeminiPage(all: readonly ModelSummary[], query: URLSearchParams) {
  const begin = toCount(query.get("pageToken"), 0);
  const end = begin + Math.min(toCount(query.get("pageSize"), usualPageSize) || usualPageSize, maxPageSize);
  return {
    models: all.slice(begin, end).map(toGeminiModel),
    ...(end < all.length && { nextPageToken: String(end) }),
  };
}

function toCount(text: string | null, otherwise: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
}
