import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import type { ShareInfo, ShareList } from "../../protocol/shares.ts";
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

/** Those that were shared last: among them are the live ones. */
export function useNewestShares() {
  return useQuery({
    queryKey: ["shares", "newest"],
    queryFn: async () => (await unwrap(client.api.chat.get({ query: { limit: "200" } }))).shares,
    refetchInterval: freshMs,
  });
}

/** What a chat is shared as, the last one first. */
export function useSharesOf(chatId: string, isWanted: boolean) {
  return useQuery({
    queryKey: ["shares", "of", chatId],
    queryFn: () => readSharesOf(chatId),
    enabled: isWanted,
  });
}

/** Page by page. @throws {ParleyError} */
export async function readSharesOf(chatId: string): Promise<readonly ShareInfo[]> {
  const shares: ShareInfo[] = [];
  let cursor: string | null = null;
  do {
    const query = { chat_id: chatId, limit: "200", ...(cursor !== null && { cursor }) };
    const page: ShareList = await unwrap(client.api.chat.get({ query }));
    shares.push(...page.shares);
    cursor = page.next;
  } while (cursor !== null);
  return shares;
}
