import type { ChatMessage } from "../../protocol/chats.ts";
import type { Question } from "./questions.ts";
import { siblingsOf, type Shown, type Tree } from "./tree.ts";

/** One thing of the thread: a message, or answers beside each other. */
export interface Item extends Shown {
  /** With `message` among them; empty where nothing is compared. */
  readonly compared: readonly ChatMessage[];
}

export interface Items {
  readonly items: readonly Item[];
  /** What it ends with: the last message, or those that are compared. */
  readonly ends: readonly ChatMessage[];
}

/** A branch as it is shown: up to what is being asked anew, and with the answers that are compared side by side. */
export function toItems(
  tree: Tree,
  branch: readonly Shown[],
  comparedRuns: readonly string[] | undefined,
  unsent: readonly Question[],
): Items {
  const asked = unsent.find(({ failure }) => failure === undefined);
  const shown = asked ? upTo(branch, asked.parentId) : branch;
  const last = shown.at(-1);
  const compared = last ? findCompared(tree, last.message, comparedRuns) : [];
  const items = shown.map((each) => ({ ...each, compared: each === last ? compared : [] }));
  return { items, ends: compared.length > 0 ? compared : last ? [last.message] : [] };
}

/** Whether the server has it by now, though it was not heard to: what was there before it was asked is not it, also in the same words. */
export function isSent({ parentId, content, siblings }: Question, messages: readonly ChatMessage[]): boolean {
  const said = JSON.stringify(content);
  return messages.some(
    ({ message_id, parent_id, message }) =>
      parent_id === parentId &&
      message.role === "user" &&
      !siblings?.includes(message_id) &&
      JSON.stringify(message.content) === said,
  );
}

function upTo(branch: readonly Shown[], messageId: string | null): readonly Shown[] {
  return branch.slice(0, branch.findIndex(({ message }) => message.message_id === messageId) + 1);
}

function findCompared(tree: Tree, { message_id: id, run_id }: ChatMessage, runs: readonly string[] = []) {
  if (run_id === null || !runs.includes(run_id)) return [];
  const found = siblingsOf(tree, id).flatMap((each) => tree.byId.get(each) ?? []);
  const compared = runs.flatMap((run) => found.find((each) => each.run_id === run) ?? []);
  return compared.length > 1 ? compared : [];
}
