import { openLazyThread } from "../lib/thread.ts";
import type { IndexAnswer, IndexOp } from "./chat-index-worker.ts";
import type { ChatQuery, ChatsFound } from "./chat-search.ts";

/** The words of chats, in a thread and a file of their own: to index takes longer, now and then, than others can wait. */
export interface ChatIndex extends AsyncDisposable {
  /** Something is to be indexed. */
  nudge(): void;
  /** @throws what SQLite says */
  search(query: ChatQuery): Promise<ChatsFound>;
}

/** What comes within this time is indexed together: each transaction waits for the disk. */
const gatherMs = 100;

/** Starts its thread when there is something to do. `onSeen` is told the last change that is in the index. */
export function openChatIndex(directory: string, onSeen: (seen: number) => Promise<void>): ChatIndex {
  const url = new URL("./chat-index-worker.ts", import.meta.url);
  const thread = openLazyThread<IndexOp, IndexAnswer>(url, { op: "open", directory });
  let timer: Timer | undefined;
  let isDue = false;
  let isClosed = false;

  return {
    nudge,
    async search(query) {
      const { found } = await thread.ask({ op: "search", query });
      if (!found) throw new Error("a search gave nothing");
      return found;
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(timer);
      await thread.close({ op: "close" }, new Error("the database was closed"));
    },
  };

  function nudge(): void {
    isDue = true;
    if (timer !== undefined || isClosed) return;
    // What fails is tried again with what comes next.
    timer = setTimeout(() => void work().catch(() => {}), gatherMs);
    timer.unref();
  }

  async function work(): Promise<void> {
    isDue = false;
    try {
      const { seen } = await thread.ask({ op: "work" });
      if (seen !== undefined && !isClosed) await onSeen(seen);
    } finally {
      timer = undefined;
      if (isDue) nudge();
    }
  }
}
