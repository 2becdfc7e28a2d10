import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import { toCount, toDollars } from "../parts/amounts.ts";
import { client } from "../state/client.ts";

/** What this key may still use today; nothing where it has no limit. */
export function BudgetView() {
  const { data } = useQuery({ queryKey: ["stats", "budget"], queryFn: () => unwrap(client.api.budget.get()) });
  if (!data?.tokens && !data?.cost) return null;
  return (
    <section className="card usage-budget" aria-label="Budget for today">
      {data.tokens && <Part name="tokens" {...data.tokens} tell={toCount} />}
      {data.cost && <Part name="cost" {...data.cost} tell={toDollars} />}
      <p className="muted">The budget of this key begins anew at midnight in UTC.</p>
    </section>
  );
}

interface PartProps {
  readonly name: string;
  readonly limit: number;
  readonly left: number;
  readonly tell: (amount: number) => string;
}

function Part({ name, limit, left, tell }: PartProps) {
  return (
    <label>
      <span>
        {`${tell(left)} of ${tell(limit)} ${name === "tokens" ? "tokens" : ""} left today`.replace("  ", " ")}
      </span>
      <meter min={0} max={limit} low={limit * 0.1} optimum={limit} value={left} />
    </label>
  );
}
