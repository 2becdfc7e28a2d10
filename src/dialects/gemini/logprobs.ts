import type { TokenLogprob } from "../../protocol/events.ts";

/** https://ai.google.dev/api/generate-content#LogprobsResult */
export function toLogprobs(told: readonly TokenLogprob[]) {
  if (told.length === 0) return {};
  const sum = told.reduce((total, { logprob }) => total + logprob, 0);
  return {
    avgLogprobs: sum / told.length,
    logprobsResult: {
      chosenCandidates: told.map(toCandidate),
      topCandidates: told.map(({ top_logprobs: others }) => ({ candidates: others.map(toCandidate) })),
    },
  };
}

function toCandidate({ token, logprob }: Pick<TokenLogprob, "token" | "logprob">) {
  return { token, logProbability: logprob };
}
