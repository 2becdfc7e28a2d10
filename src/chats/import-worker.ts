import { Unconvertible } from "../files/unconvertible.ts";
import { serveThread } from "../lib/thread.ts";
import { ApiError, type ErrorCode } from "../protocol/errors.ts";
import type { BroughtMessage, NewChat } from "../store/chats.ts";
import { readChats } from "./read-file.ts";

/**
 * Reads a file of chats in a thread of its own: to parse one long chat takes longer than others can wait. Started by
 * `import.ts` alone, for one file; each step is sent when it is asked for.
 */

export type ImportOp =
  { readonly op: "open"; readonly path: string; readonly maxBytes: number } | { readonly op: "next" };

/** Some of a chat: short enough for one write. */
export interface ImportStep {
  readonly chat: NewChat;
  readonly messages: readonly BroughtMessage[];
  readonly current_id: string | null;
  readonly isLast: boolean;
  readonly skipped: readonly string[];
}

export type ImportTold =
  | { readonly told: "step"; readonly step: ImportStep }
  | { readonly told: "refusal"; readonly index: number; readonly reason: string }
  | { readonly told: "end" }
  | { readonly told: "failure"; readonly code: ErrorCode; readonly message: string };

const most = { messages: 100, length: 128 * 1024 };

let steps: AsyncGenerator<ImportTold> | undefined;

serveThread(async (asked: ImportOp): Promise<ImportTold> => {
  if (asked.op === "open") steps = toSteps(asked.path, asked.maxBytes);
  try {
    return (await steps?.next())?.value ?? { told: "end" };
  } catch (thrown) {
    return toFailure(thrown);
  }
});

function toFailure(thrown: unknown): ImportTold {
  if (thrown instanceof ApiError) return { told: "failure", code: thrown.reason, message: thrown.message };
  if (thrown instanceof Unconvertible)
    return { told: "failure", code: "invalid_request", message: `the archive cannot be read: ${thrown.message}` };
  return { told: "failure", code: "internal", message: thrown instanceof Error ? thrown.message : String(thrown) };
}

async function* toSteps(path: string, maxBytes: number): AsyncGenerator<ImportTold> {
  let index = 0;
  for await (const read of readChats(path, maxBytes)) {
    if ("refusal" in read) yield { told: "refusal", index, reason: read.refusal };
    else {
      const { chat, messages, current_id, skipped } = read;
      let from = 0;
      do {
        const to = toEnd(messages, from);
        const isLast = to >= messages.length;
        const step = { chat, messages: messages.slice(from, to), current_id, isLast, skipped: isLast ? skipped : [] };
        yield { told: "step", step };
        from = to;
      } while (from < messages.length);
    }
    index++;
  }
}

function toEnd(messages: readonly BroughtMessage[], from: number): number {
  let to = from;
  for (let length = 0; to < messages.length && to - from < most.messages && length < most.length; to++)
    length += messages[to]?.content.length ?? 0;
  return to;
}
