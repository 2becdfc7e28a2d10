import type { Usage } from "./events.ts";

/** What several questions used together. */
export function sumUsage(all: readonly (Usage | undefined)[]): Usage | undefined {
  const [first, ...rest] = all.filter((usage) => usage !== undefined);
  return first && rest.reduce(plus, first);
}

function plus(one: Usage, other: Usage): Usage {
  const prompt = plusDetails(one.prompt_tokens_details, other.prompt_tokens_details);
  const completion = plusDetails(one.completion_tokens_details, other.completion_tokens_details);
  return {
    prompt_tokens: one.prompt_tokens + other.prompt_tokens,
    completion_tokens: one.completion_tokens + other.completion_tokens,
    total_tokens: one.total_tokens + other.total_tokens,
    ...(prompt && { prompt_tokens_details: prompt }),
    ...(completion && { completion_tokens_details: completion }),
    ...((one.estimated || other.estimated) && { estimated: true as const }),
  };
}

/** What only one of them tells is that much at least. */
function plusDetails<T extends Readonly<Record<string, number | undefined>>>(
  one: T | undefined,
  other: T | undefined,
): T | undefined {
  if (!one || !other) return one ?? other;
  const sums = Object.entries(other).map(([name, count]) => [name, (count ?? 0) + (one[name] ?? 0)]);
  return { ...one, ...Object.fromEntries(sums) };
}
