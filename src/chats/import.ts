import type { Clock } from "../lib/clock.ts";
import { openThread, type Thread } from "../lib/thread.ts";
import { createSemaphore } from "../lib/semaphore.ts";
import type { ChatImport } from "../protocol/chats.ts";
import { ApiError } from "../protocol/errors.ts";
import type { ChatTable } from "../store/chats.ts";
import type { ImportOp, ImportStep, ImportTold } from "./import-worker.ts";

export interface ImportOptions {
  readonly chats: ChatTable;
  readonly clock: Clock;
  /** What an archive may unpack to. */
  readonly maxBytes: number;
}

export interface Importer {
  /**
   * Takes the chats of a file. Whatever is there already stays; so what was broken off, or has grown since, can be imported
   * again. One file at a time, since each may need much memory.
   *
   * @throws {ApiError} `invalid_json`, `invalid_request`, `body_too_large`; what came before it stays
   */
  run(path: string, owner: string, signal: AbortSignal): Promise<ChatImport>;
}

/** Of what was left out, so many are told one by one. */
const maxTold = 100;

export function createImporter({ chats, clock, maxBytes }: ImportOptions): Importer {
  const turns = createSemaphore(1);
  return {
    async run(path, owner, signal) {
      const leave = await turns.enter(signal);
      const thread = openThread<ImportOp, ImportTold>(new URL("./import-worker.ts", import.meta.url));
      const stop = () => thread.end(signal.reason);
      signal.addEventListener("abort", stop);
      try {
        signal.throwIfAborted();
        return await take(thread, owner, { op: "open", path, maxBytes });
      } finally {
        signal.removeEventListener("abort", stop);
        thread.end(new Error("the import is over"));
        leave?.();
      }
    },
  };

  async function take(thread: Thread<ImportOp, ImportTold>, owner: string, first: ImportOp): Promise<ChatImport> {
    const told: ChatImport = { added: 0, extended: 0, unchanged: 0, messages: 0, skipped_count: 0, skipped: [] };
    const skip = (chat: string, reason: string) => {
      told.skipped_count++;
      if (told.skipped.length < maxTold) told.skipped.push({ chat, reason });
    };
    /** Of the chat that is being taken. */
    let sum = { isNew: false, added: 0, differing: 0 };
    for (let asked = first; ; asked = { op: "next" }) {
      const answer = await thread.ask(asked);
      if (answer.told === "end") return told;
      if (answer.told === "failure") throw toError(answer.code, answer.message);
      if (answer.told === "refusal") {
        skip(`#${answer.index + 1}`, answer.reason);
        continue;
      }
      const { step } = answer;
      const brought = await chats.bring(owner, step.chat, step.messages, clock());
      sum = {
        isNew: sum.isNew || brought.isNew,
        added: sum.added + brought.added,
        differing: sum.differing + brought.differing,
      };
      if (!step.isLast) continue;
      if (sum.isNew || sum.added > 0) await showBranch(owner, step);
      told[sum.isNew ? "added" : sum.added > 0 ? "extended" : "unchanged"]++;
      told.messages += sum.added;
      for (const reason of step.skipped) skip(step.chat.chat_id, reason);
      if (sum.differing > 0)
        skip(step.chat.chat_id, `${sum.differing} messages are here with other content, which was kept`);
      sum = { isNew: false, added: 0, differing: 0 };
    }
  }

  async function showBranch(
    owner: string,
    { chat: { chat_id: chatId }, current_id: shown }: ImportStep,
  ): Promise<void> {
    const chat = await chats.find(owner, chatId);
    const message = chat && shown !== null ? await chats.findMessage(chat, shown) : undefined;
    if (chat && message) await chats.change(chat, { current: message.id });
  }
}

function toError(code: ConstructorParameters<typeof ApiError>[0], message: string): Error {
  return code === "internal" ? new Error(message) : new ApiError(code, message);
}
