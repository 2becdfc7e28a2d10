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
  const waiting = new Map<number, PromiseWithResolvers<IndexAnswer>>();
  let starting: Promise<Worker> | undefined;
  let timer: Timer | undefined;
  let isDue = false;
  let count = 0;
  let isClosed = false;

  return {
    nudge,
    async search(query) {
      const { found } = await ask({ op: "search", query });
      if (!found) throw new Error("a search gave nothing");
      return found;
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(timer);
      const worker = await starting?.catch(() => undefined);
      if (!worker) return;
      await send(worker, { op: "close" }).catch(() => {});
      worker.terminate();
      giveUp(new Error("the database was closed"));
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
      const { seen } = await ask({ op: "work" });
      if (seen !== undefined && !isClosed) await onSeen(seen);
    } finally {
      timer = undefined;
      if (isDue) nudge();
    }
  }

  async function ask(asked: IndexOp): Promise<IndexAnswer> {
    starting ??= start();
    return send(await starting, asked);
  }

  async function start(): Promise<Worker> {
    const worker = new Worker(new URL("./chat-index-worker.ts", import.meta.url).href, { ref: false });
    worker.addEventListener("message", ({ data }: MessageEvent<IndexAnswer>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.failure === undefined) asked?.resolve(data);
      else asked?.reject(new Error(data.failure));
    });
    worker.addEventListener("error", ({ message }) => {
      // Whoever asks next has a new one.
      starting = undefined;
      giveUp(new Error(message));
    });
    try {
      await send(worker, { op: "open", directory });
      return worker;
    } catch (thrown) {
      starting = undefined;
      worker.terminate();
      throw thrown;
    }
  }

  function send(worker: Worker, asked: IndexOp): Promise<IndexAnswer> {
    const question = Promise.withResolvers<IndexAnswer>();
    const id = count++;
    waiting.set(id, question);
    worker.postMessage({ id, asked });
    return question.promise;
  }

  function giveUp(reason: Error): void {
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }
}
