import type { Candidate } from "./candidate.ts";
import { coolingText } from "./consider.ts";
import { candidateText } from "./decision.ts";
import type { Draws } from "./draws.ts";
import type { Health } from "./health.ts";

/**
 * Candidates, each with all the keys of its provider. Keys take turns, where theirs is asked first. Those that cool come
 * last; where `skip` is given they are told to it instead, unless all of them cool.
 */
export function withKeys(
  candidates: readonly Candidate[],
  draws: Draws,
  health: Pick<Health, "cooling">,
  skip?: (note: string) => void,
): Candidate[] {
  return candidates.flatMap((each, index) => keysOf(each, index === 0, draws, health, skip));
}

function keysOf(
  candidate: Candidate,
  isFirst: boolean,
  draws: Draws,
  health: Pick<Health, "cooling">,
  skip?: (note: string) => void,
): Candidate[] {
  const { provider, apiKey } = candidate;
  if (apiKey !== undefined || provider.keyCount < 2) return [candidate];
  const turn = draws.keyOf(provider, isFirst);
  const all = Array.from({ length: provider.keyCount }, (_, index) => {
    const each = { ...candidate, keyIndex: (turn + index) % provider.keyCount };
    return { each, cooling: health.cooling(each) };
  });
  const free = all.filter(({ cooling }) => !cooling).map(({ each }) => each);
  if (skip && free.length > 0) {
    for (const { each, cooling } of all) if (cooling) skip(`${candidateText(each)} skipped: ${coolingText(cooling)}`);
    return free;
  }
  return [...free, ...all.filter(({ cooling }) => cooling).map(({ each }) => each)];
}
