import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import { client } from "./client.ts";

/** What another tab or device has done shows within this; a server that cannot be reached is asked sooner. */
const freshMs = { usual: 15_000, lost: 3_000 };

/** Stored chats by pages: the list is as long as somebody scrolls. */
export function useChats(isArchived: boolean) {
  return useInfiniteQuery({
    queryKey: ["chats", "list", isArchived],
    queryFn: async ({ pageParam }) => {
      const archived = isArchived ? "true" : "false";
      const page = await unwrap(
        client.api.chats.get({ query: { archived, ...(pageParam !== null && { cursor: pageParam }) } }),
      );
      return "chats" in page ? page : { chats: [], next: null };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (state.fetchFailureCount > 0 ? freshMs.lost : freshMs.usual),
  });
}

/** What was said in chats, and what they are called; archived ones too. */
export function useChatSearch(words: string) {
  return useQuery({
    queryKey: ["chats", "search", words],
    queryFn: async () => {
      const page = await unwrap(client.api.chats.get({ query: { q: words } }));
      return "results" in page ? page.results : [];
    },
    placeholderData: keepPreviousData,
  });
}
