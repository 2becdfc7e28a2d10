import { setImmediate as turn } from "node:timers/promises";
import type { ChatHeads } from "./chat-heads.ts";
import type { ChatMessageRow, ChatMessages } from "./chat-messages.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** What takes longer than others can wait, with turns for them in between. */
export interface ChatSteps {
  /** From the first message of a branch to its end, in pieces that end once they are so long. */
  readBranch(end: number | null, maxBytes: number): AsyncGenerator<readonly ChatMessageRow[]>;
  /** The answers to a message, or the first messages for null, the oldest first, in pieces as above. */
  readBelow(chat: number, parent: number | null, maxBytes: number): AsyncGenerator<readonly ChatMessageRow[]>;
  /** A message, and all below it, the lowest first: at each step it is a tree. */
  removeMessage(chat: number, id: number): Promise<void>;
  /** The messages of a chat that is gone. */
  removeRemains(chat: number): Promise<void>;
}

interface ChatStepsOptions {
  readonly messages: ChatMessages;
  readonly heads: ChatHeads;
  readonly writer: Writer;
  readonly reader: Reader;
}

/** How many ids are read, and how many messages are removed, in one step. */
const step = { read: 200, removed: 100 };

export function createChatSteps({ messages, heads, writer, reader }: ChatStepsOptions): ChatSteps {
  return {
    async *readBranch(end, maxBytes) {
      const ids: number[] = [];
      for (let next = end; next !== null;) {
        const above = messages.idsAbove(next, step.read + 1);
        ids.push(...above.slice(0, step.read));
        next = above[step.read] ?? null;
        await turn();
      }
      while (ids.length > 0) {
        // What was removed meanwhile is passed over.
        const piece = messages.some(ids.slice(-step.read).toReversed(), maxBytes);
        ids.length -= piece.read;
        yield piece.rows;
        await turn();
      }
    },
    async *readBelow(chat, parent, maxBytes) {
      for (let last = 0; ;) {
        // First: who reads below many messages, one after the other, gets one piece of each.
        await turn();
        const ids = messages.idsBelow(chat, parent, last, step.read);
        const { rows, read } = messages.some(ids, maxBytes);
        if (read > 0) yield rows;
        if (read === ids.length && read < step.read) return;
        last = ids[read - 1] ?? last;
      }
    },
    async removeMessage(chat, id) {
      // Who answers one of them meanwhile has that answer removed in another round.
      while (messages.get(id)) {
        const below = await reader.read("messagesBelow", { chat, id });
        for (let from = 0; from < below.length; from += step.removed) {
          const some = below.slice(from, from + step.removed);
          await writer.write(() => removeSome(chat, some));
        }
      }
    },
    async removeRemains(chat) {
      while ((await writer.write(() => messages.removeSome(chat, step.removed))) > 0);
      await writer.write(() => heads.forget(chat));
    },
  };

  function removeSome(chat: number, ids: readonly number[]): void {
    const gone = new Map<number, number | null>();
    for (const id of ids) {
      const message = messages.get(id);
      if (message && messages.removeLeaf(chat, id)) gone.set(id, message.parent);
    }
    const current = heads.get(chat)?.current ?? null;
    if (current === null || !gone.has(current)) return;
    let above: number | null = current;
    while (above !== null && gone.has(above)) above = gone.get(above) ?? null;
    heads.show(chat, above ?? messages.lastBelow(chat, null) ?? null);
  }
}
