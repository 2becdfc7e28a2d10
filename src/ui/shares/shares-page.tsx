import { useCallback } from "react";
import { Failure } from "../parts/failure.tsx";
import { More } from "../parts/more.tsx";
import { Page } from "../parts/page.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { ShareRow } from "./share-row.tsx";
import { useShares } from "./shares-query.ts";

/** What one has published, and the way to take it back. */
export default function SharesPage() {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useShares();
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const shares = (data?.pages ?? []).flatMap((page) => page.shares);
  return (
    <Page title="Shared chats" about="Whoever has a link can read its chat, without a key.">
      {isPending && <Waiting />}
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {data && shares.length === 0 && (
        <p>Nothing is shared. To share a chat, choose Share in its menu in the sidebar: its link is then here, too.</p>
      )}
      <ul className="share-list">
        {shares.map((share) => (
          <ShareRow key={share.share_id} share={share} />
        ))}
      </ul>
      <More hasMore={hasNextPage} isLoading={isFetchingNextPage} onMore={more} />
    </Page>
  );
}
