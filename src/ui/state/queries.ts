import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isParleyError } from "../../../client/index.ts";

/** What is read over REST, kept while it is looked at. What the server refuses is not asked again; what was lost is, twice. */
export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noticeRefusal }),
  mutationCache: new MutationCache({ onError: noticeRefusal }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && (!isParleyError(error) || error.isRetryable),
      // On this machine, a server is reached without a network.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

/** Where the server does not know this browser any more, who one is is asked anew: the page then has one sign in. */
export function noticeRefusal(error: unknown): void {
  if (isParleyError(error) && error.code === "access_denied") void queries.invalidateQueries({ queryKey: ["session"] });
}
