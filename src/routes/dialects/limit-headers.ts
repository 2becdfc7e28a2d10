import type { TokenLimit } from "../../dialects/token-limit.ts";
import type { Services } from "../../services.ts";

type Headers = Readonly<Record<string, string>>;

/**
 * How the day of the caller's key stands, in the headers that an API tells it by; none where the key has no limit of
 * tokens. What the answer itself will take is not in it.
 *
 * @param tell the API's own names
 */
export function createLimitHeaders(
  { access, budgets, clock }: Pick<Services, "access" | "budgets" | "clock">,
  tell: (limit: TokenLimit) => Headers,
): (request: Request) => Promise<Headers> {
  return async (request) => {
    const { tokens, resets_at } = await budgets.get(access.caller(request));
    if (!tokens) return {};
    const resetMs = Math.max(0, Date.parse(resets_at) - clock());
    return tell({ limit: tokens.limit, left: tokens.left, resetsAt: resets_at, resetMs });
  };
}
