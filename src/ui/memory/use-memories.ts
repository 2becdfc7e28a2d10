import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import type { MemoryRecord } from "../../protocol/memory.ts";
import { client } from "../state/client.ts";
import { type Deletion, useDeletions } from "../state/deletions.ts";
import { queries } from "../state/queries.ts";
import { type MemoryQuery, toFilters } from "./query.ts";

const pageSize = 50;
/** Of what a search finds. */
const maxFound = "200";

export function useMemoryUsers() {
  return useQuery({
    queryKey: ["memory", "users"],
    queryFn: () => unwrap(client.api.memory.get({ query: { limit: "1000" } })),
  });
}

/** The newest first, or what fits the words best; without those that are about to be deleted. */
export function useMemories(query: MemoryQuery | undefined) {
  const hidden = useDeletions(({ keys }) => keys);
  const pages = useInfiniteQuery({
    queryKey: ["memory", "of", query],
    enabled: query !== undefined,
    queryFn: ({ pageParam }) => (query ? readPage(query, pageParam) : nothing),
    initialPageParam: 1,
    getNextPageParam: ({ count }, all, page) => (page * pageSize < count && all.length > 0 ? page + 1 : null),
    placeholderData: keepPreviousData,
  });
  const all = pages.data?.pages.flatMap(({ memories }) => memories) ?? [];
  const memories = all.filter((each) => !hidden.has(keyOf(each)));
  return { ...pages, memories, count: (pages.data?.pages[0]?.count ?? 0) - (all.length - memories.length) };
}

interface MemoryPage {
  readonly count: number;
  readonly memories: readonly MemoryRecord[];
}

const nothing: MemoryPage = { count: 0, memories: [] };

async function readPage(query: MemoryQuery, page: number): Promise<MemoryPage> {
  const filters = toFilters(query, Date.now());
  const asked =
    query.text === "" ? { page: `${page}`, page_size: `${pageSize}` } : { search: query.text, limit: maxFound };
  const found = await unwrap(of(query.user).get({ query: { ...asked, ...(filters !== undefined && { filters }) } }));
  if (!("results" in found)) return { count: page === 1 ? found.length : 0, memories: found };
  return { count: found.count, memories: found.results };
}

export async function addMemory(user: string, memory: string): Promise<void> {
  await unwrap(of(user).post({ memory }));
  await refresh();
}

export async function changeMemory({ user_id, id }: MemoryRecord, memory: string): Promise<void> {
  await unwrap(of(user_id)({ memory_id: id }).patch({ memory }));
  await refresh();
}

/** Gives how many there were. */
export async function deleteAllOf(user: string): Promise<number> {
  const { count } = await unwrap(of(user).delete());
  await refresh();
  return count;
}

export function toDeletion(memory: MemoryRecord, onUndo: () => void): Deletion {
  return {
    key: keyOf(memory),
    text: "The memory is deleted.",
    send: (fetch) => unwrap(of(memory.user_id)({ memory_id: memory.id }).delete(undefined, { fetch })),
    queryKey: ["memory"],
    onUndo,
  };
}

function of(user: string) {
  return client.api.memory({ user_id: encodeURIComponent(user) });
}

function refresh(): Promise<void> {
  return queries.invalidateQueries({ queryKey: ["memory"] });
}

function keyOf({ id }: MemoryRecord): string {
  return `memory/${id}`;
}
