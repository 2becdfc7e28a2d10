import type { AnswerState } from "../chat/answer-state.ts";

/** Who answered, and what it took. */
export function UsageLine({ answer }: { readonly answer: AnswerState }) {
  const parts = toUsageParts(answer);
  return parts.length === 0 ? null : <p className="answer-usage">{parts.join(" · ")}</p>;
}

function toUsageParts({ provider, model, usage, state }: AnswerState): string[] {
  const ends = {
    cancelled: "Stopped",
    interrupted: "Cut short: the server stopped",
    running: "",
    done: "",
    failed: "",
  };
  const tokens =
    usage && `${usage.promptTokens.toLocaleString()} tokens in, ${usage.completionTokens.toLocaleString()} out`;
  return [ends[state], [provider, model].filter(Boolean).join(" · "), tokens, toPrice(usage?.cost)].filter(
    (part): part is string => Boolean(part),
  );
}

/** Small prices in as many digits as tell something. */
function toPrice(cost: number | undefined): string | undefined {
  if (cost === undefined || cost === 0) return undefined;
  return cost < 0.0001 ? "< $0.0001" : `$${cost.toFixed(cost < 0.01 ? 4 : 2)}`;
}
