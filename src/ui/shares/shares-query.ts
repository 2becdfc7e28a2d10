import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import { client } from "../state/client.ts";

const freshMs = 30_000;

/** All that one shares, page by page. */
export function useShares() {
  return useInfiniteQuery({
    queryKey: ["shares", "list"],
    queryFn: ({ pageParam }) => unwrap(client.api.chat.get({ query: pageParam === null ? {} : { cursor: pageParam } })),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: freshMs,
  });
}

/** Those that were shared last: among them is looked for that of a chat. */
export function useNewestShares() {
  return useQuery({
    queryKey: ["shares", "newest"],
    queryFn: async () => (await unwrap(client.api.chat.get({ query: { limit: "200" } }))).shares,
    refetchInterval: freshMs,
  });
}
