import type { ModelSummary } from "../../protocol/models.ts";
import { ApiError } from "../../protocol/errors.ts";

/** https://docs.anthropic.com/en/api/models */
export function toAnthropicModel({ name, label }: ModelSummary) {
  // When a model was made nobody tells us, and their clients want a date.
  return { type: "model" as const, id: name, display_name: label || name, created_at: "1970-01-01T00:00:00Z" };
}

const usualLimit = 20;
const maxLimit = 1000;

/**
 * https://docs.anthropic.com/en/api/models-list: a page of them.
 *
 * @throws {ApiError} `invalid_request` for a `limit` that is none
 */
export function toAnthropicPage(all: readonly ModelSummary[], query: URLSearchParams) {
  const limit = readLimit(query.get("limit"));
  const [after, before] = [query.get("after_id"), query.get("before_id")];
  const place = (id: string) => all.findIndex(({ name }) => name === id);
  const end = before === null ? all.length : Math.max(0, place(before));
  const start = after === null ? (before === null ? 0 : Math.max(0, end - limit)) : place(after) + 1;
  const page = all.slice(start, Math.min(end, start + limit)).map(toAnthropicModel);
  return {
    data: page,
    has_more: before === null ? start + page.length < end : start > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function readLimit(given: string | null): number {
  if (given === null) return usualLimit;
  const limit = Number(given);
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return limit;
  throw new ApiError("invalid_request", `limit: expected a whole number from 1 to ${maxLimit}`);
}
