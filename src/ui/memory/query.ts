import { dayMs } from "../../lib/clock.ts";

/** Which memories somebody looks at. */
export interface MemoryQuery {
  readonly user: string;
  readonly text: string;
  readonly origin: "all" | "extracted" | "given";
  readonly since: "ever" | "week" | "month";
}

const days = { week: 7, month: 30 };

/** As the server takes conditions; `undefined` for all memories. */
export function toFilters({ origin, since }: Pick<MemoryQuery, "origin" | "since">, now: number): string | undefined {
  const found = { metadata: { source: "extracted" } };
  const all = [
    ...(origin === "extracted" ? [found] : []),
    ...(origin === "given" ? [{ NOT: [found] }] : []),
    // Of a whole day, so that the same question is asked again.
    ...(since === "ever"
      ? []
      : [{ created_at: { gte: new Date((Math.floor(now / dayMs) - days[since]) * dayMs).toISOString() } }]),
  ];
  return all.length === 0 ? undefined : JSON.stringify({ AND: all });
}
