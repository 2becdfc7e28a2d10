import type { AnswerState } from "./answer-state.ts";
import { toCount, toDollars } from "../parts/amounts.ts";

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
  const tokens = usage && `${toCount(usage.promptTokens)} tokens in, ${toCount(usage.completionTokens)} out`;
  const price = usage?.cost ? toDollars(usage.cost) : "";
  return [ends[state], provider, model, tokens, price].filter((part): part is string => Boolean(part));
}
