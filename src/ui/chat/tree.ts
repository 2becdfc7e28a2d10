import type { ChatMessage } from "../../protocol/chats.ts";

/** The messages of a chat, by what they answer. */
export interface Tree {
  readonly byId: ReadonlyMap<string, ChatMessage>;
  /** What was said below a message, oldest first; below null stand the beginnings. */
  readonly below: ReadonlyMap<string | null, readonly string[]>;
}

/** A message of the branch that is shown, and which of how many wordings of it that is, counted from 1. */
export interface Shown {
  readonly message: ChatMessage;
  readonly place: number;
  readonly count: number;
}

/** Each message comes after the one that it answers. */
export function toTree(messages: readonly ChatMessage[]): Tree {
  const byId = new Map(messages.map((message) => [message.message_id, message]));
  const below = new Map<string | null, string[]>();
  for (const { message_id, parent_id } of messages) {
    // What it answers may be on a page that was not read yet.
    const parent = parent_id !== null && byId.has(parent_id) ? parent_id : null;
    const siblings = below.get(parent);
    if (siblings) siblings.push(message_id);
    else below.set(parent, [message_id]);
  }
  return { byId, below };
}

/** From the first message to the one that it ends with; to the youngest where that is not there. */
export function branchTo(tree: Tree, endId: string | null): readonly Shown[] {
  const branch: Shown[] = [];
  let here = tree.byId.get(endId ?? "") ?? tree.byId.get(endOfBranch(tree, null) ?? "");
  while (here) {
    const siblings = siblingsOf(tree, here.message_id);
    branch.push({ message: here, place: siblings.indexOf(here.message_id) + 1, count: siblings.length });
    here = tree.byId.get(here.parent_id ?? "");
  }
  return branch.toReversed();
}

/** All wordings of a message, itself among them. */
export function siblingsOf(tree: Tree, id: string): readonly string[] {
  const parent = tree.byId.get(id)?.parent_id ?? null;
  return tree.below.get(parent !== null && tree.byId.has(parent) ? parent : null) ?? [];
}

/** Where one gets to from a message by what was said last, again and again. */
export function endOfBranch(tree: Tree, from: string | null): string | null {
  let here = from;
  for (;;) {
    const next = tree.below.get(here)?.at(-1);
    if (next === undefined) return here;
    here = next;
  }
}

/** The end of the branch that another wording of a message begins; `step` is 1 for the next one, -1 for the one before. */
export function endOfSibling(tree: Tree, id: string, step: 1 | -1): string | null {
  const siblings = siblingsOf(tree, id);
  const next = siblings[siblings.indexOf(id) + step];
  return next === undefined ? null : endOfBranch(tree, next);
}

/** The messages that were in a chat, with those that were read anew: these stand where they stood, or at the end. */
export function withRead(messages: readonly ChatMessage[], read: readonly ChatMessage[]): readonly ChatMessage[] {
  const fresh = new Map(read.map((message) => [message.message_id, message]));
  const known = messages.map((message) => {
    const again = fresh.get(message.message_id);
    fresh.delete(message.message_id);
    return again && isNewer(again, message) ? again : message;
  });
  return [...known, ...fresh.values()];
}

/** What has not changed stays as it is, so that it is not shown anew; and what was read earlier may come later. */
function isNewer(again: ChatMessage, known: ChatMessage): boolean {
  return again.updated_at > known.updated_at || (again.updated_at === known.updated_at && known.state === "running");
}
