import { Elysia } from "elysia";
import { answers } from "../http/answers.ts";
import { Budget } from "../protocol/budget.ts";
import type { Services } from "../services.ts";

/** What a key may still use today. */
export function budget({ budgets, access }: Services) {
  return new Elysia({ prefix: "/backend-api/v2" }).get(
    "/budget",
    ({ request }) => budgets.get(access.caller(request)),
    {
      response: answers({ 200: Budget }),
      detail: { summary: "How the day of the caller's key stands; without `tokens` and `cost` where it has no limit" },
    },
  );
}
