import type { UsageCounts } from "../../protocol/usage.ts";
import { toCount, toDollars } from "../parts/amounts.ts";

export function Totals({ totals }: { readonly totals: UsageCounts }) {
  const figures = {
    Requests: toCount(totals.requests),
    "Tokens in": toCount(totals.prompt_tokens),
    "Tokens out": toCount(totals.completion_tokens),
    "Tokens saved": toCount(totals.saved_tokens),
    Cost: toDollars(totals.cost),
  };
  return (
    <dl className="usage-totals">
      {Object.entries(figures).map(([name, figure]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{figure}</dd>
        </div>
      ))}
    </dl>
  );
}
