import { useState } from "react";
import { Failure } from "../parts/failure.tsx";
import { toCountOf } from "../parts/amounts.ts";
import { More } from "../parts/more.tsx";
import { Page } from "../parts/page.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { AddMemory } from "./add-memory.tsx";
import { DeleteAll } from "./delete-all.tsx";
import { MemoryFilters } from "./memory-filters.tsx";
import { MemoryList } from "./memory-list.tsx";
import { UserChoice } from "./user-choice.tsx";
import { useMemories, useMemoryUsers } from "./use-memories.ts";
import type { MemoryQuery } from "./query.ts";

const unfiltered = { text: "", origin: "all", since: "ever" } as const;

export default function MemoryPage() {
  const users = useMemoryUsers();
  const [chosen, setChosen] = useState<string>();
  const [filter, setFilter] = useState<Omit<MemoryQuery, "user">>(unfiltered);
  const user = chosen ?? users.data?.own;
  const found = useMemories(user === undefined ? undefined : { ...filter, user });
  const isFiltered = filter.text !== "" || filter.origin !== "all" || filter.since !== "ever";
  const error = users.error ?? found.error;

  return (
    <Page
      title="Memory"
      about="What models may be told of you. Switch memory on at the box of a chat, and what fits your question goes along."
    >
      {users.data && user !== undefined && (
        <>
          <UserChoice users={users.data.users} own={users.data.own} value={user} onChange={setChosen} />
          <AddMemory user={user} />
        </>
      )}
      <MemoryFilters value={filter} onChange={setFilter} />
      <div className="memory-count">
        <p role="status" className="muted">
          {found.isPending || error ? "" : toHowMany(found.count, isFiltered)}
        </p>
        {user !== undefined && !isFiltered && found.count > 0 && (
          <DeleteAll user={user} own={users.data?.own} count={found.count} />
        )}
      </div>
      {error && <Failure error={error} onRetry={() => void found.refetch()} />}
      {found.isPending && !error && <Waiting />}
      {!found.isPending && !error && found.memories.length === 0 && !found.hasNextPage && (
        <p className="empty">
          {isFiltered
            ? "No memory fits that."
            : "Nothing is remembered yet. Add something above, such as “I cook without meat”; a server that looks for facts in conversations adds them here, too."}
        </p>
      )}
      <MemoryList memories={found.memories} />
      <More
        hasMore={found.hasNextPage}
        isLoading={found.isFetchingNextPage}
        onMore={() => void found.fetchNextPage()}
      />
    </Page>
  );
}

function toHowMany(count: number, isFiltered: boolean): string {
  const memories = toCountOf(count, "memory", "memories");
  return isFiltered ? `${memories} found` : memories;
}
