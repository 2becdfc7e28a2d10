import type { Database } from "bun:sqlite";

/**
 * What rows of usage come to, by day: of all, and of each model, provider and user; and again, of one user's, of all, and of
 * each model and provider. So what is asked of a month is some hundreds of rows, however many are behind them.
 */
export interface UsageTotals {
  /** Counts a row that is in the table, within the same transaction. */
  add(rowId: number): void;
  /** Takes it back, before the row goes: of what nothing is left, no name stays. */
  subtract(rowId: number): void;
}

/** A row that names no user is its owner's. `''` is everybody. */
const user = "coalesce(user, owner)";
const kinds = [
  ["''", "all", "''"],
  ["''", "model", "coalesce(model, '')"],
  ["''", "provider", "coalesce(provider, '')"],
  ["''", "user", user],
  [user, "all", "''"],
  [user, "model", "coalesce(model, '')"],
  [user, "provider", "coalesce(provider, '')"],
] as const;

const counts = ["requests", "prompt_tokens", "completion_tokens", "saved_tokens", "total_tokens", "cost"] as const;

export function openUsageTotals(database: Database): UsageTotals {
  const add = database.query<unknown, [number]>(count("+"));
  const subtract = database.query<unknown, [number]>(count("-"));
  // As their key begins, so that no others are looked at.
  const removeEmpty = database.query<unknown, [number]>(
    `DELETE FROM usage_totals WHERE owner = (SELECT owner FROM usage WHERE id = ?1)
       AND user IN ('', (SELECT ${user} FROM usage WHERE id = ?1)) AND kind IN ('all', 'model', 'provider', 'user')
       AND day = (SELECT day FROM usage WHERE id = ?1) AND requests = 0`,
  );
  return {
    add: (rowId) => void add.run(rowId),
    subtract(rowId) {
      subtract.run(rowId);
      removeEmpty.run(rowId);
    },
  };
}

function count(sign: "+" | "-"): string {
  const each = kinds.map(
    ([whose, kind, name]) => `SELECT day, owner, ${whose}, '${kind}', ${name}, 1, prompt_tokens, completion_tokens,
      saved_tokens, total_tokens, coalesce(cost, 0.0) FROM usage WHERE id = ?1`,
  );
  return `INSERT INTO usage_totals (day, owner, user, kind, name, ${counts.join(", ")}) ${each.join(" UNION ALL ")}
    ON CONFLICT DO UPDATE SET ${counts.map((name) => `${name} = ${name} ${sign} excluded.${name}`).join(", ")}`;
}
