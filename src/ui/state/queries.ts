import { QueryClient } from "@tanstack/react-query";
import { isParleyError } from "../../../client/index.ts";

/** What is read over REST, kept while it is looked at. What the server refuses is not asked again; what was lost is, twice. */
export const queries = new QueryClient({
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
