import { useEffect, useRef } from "react";
import { isParleyError } from "../../../client/index.ts";
import type { ChatInfo } from "../../protocol/chats.ts";
import type { ShareInfo } from "../../protocol/shares.ts";
import { useChats } from "../state/chats-query.ts";
import { useRunningChats } from "../state/running-chats.ts";
import { queries } from "../state/queries.ts";
import { publish } from "./publish.ts";
import { useNewestShares } from "./shares-query.ts";
import { findStale } from "./stale-shares.ts";

/** As long as the page is open, live shares get what is new in their chats once it is answered. */
export function useLiveShares(): void {
  const { data: shares } = useNewestShares();
  const { data: pages } = useChats(false);
  const running = useRunningChats();
  const tried = useRef(new Set<string>());
  useEffect(() => {
    const chats = (pages?.pages ?? []).flatMap((page) => page.chats);
    for (const { share, chat } of findStale(shares ?? [], chats, running)) {
      // Whatever comes of it: a refusal is not asked for again and again.
      const attempt = `${share.share_id} ${share.updated} ${chat.updated_at} ${chat.title}`;
      if (tried.current.has(attempt)) continue;
      tried.current.add(attempt);
      void update(share, chat);
    }
  }, [shares, pages, running]);
}

async function update(share: ShareInfo, { chat_id: chatId }: ChatInfo): Promise<void> {
  try {
    await publish({ chatId, share, isLive: true, isCareful: true });
  } catch (error) {
    // Another page was first. Of anything else the next answer is another try, and the dialog tells what is published.
    if (isParleyError(error) && error.code === "precondition_failed")
      await queries.invalidateQueries({ queryKey: ["shares"] });
  }
}
