import { describe, expect, test } from "bun:test";
import type { ChatMessage } from "../../src/protocol/chats.ts";
import { isSent, toItems } from "../../src/ui/chat/items.ts";
import { branchTo, endOfBranch, endOfSibling, siblingsOf, toTree, withRead } from "../../src/ui/chat/tree.ts";

const message = (message_id: string, parent_id: string | null, more: Partial<ChatMessage> = {}): ChatMessage => ({
  message_id,
  parent_id,
  message: { role: "user", content: message_id },
  run_id: null,
  state: "done",
  provider: null,
  model: null,
  usage: null,
  created_at: "",
  updated_at: "1",
  ...more,
});

/** q is answered by a and b; what was said after a has two wordings. */
const messages = [
  message("q", null),
  message("a", "q", { run_id: "run-a" }),
  message("b", "q", { run_id: "run-b" }),
  message("a1", "a"),
  message("a2", "a"),
  message("a11", "a1"),
];
const tree = toTree(messages);
const idsOf = (endId: string | null) => branchTo(tree, endId).map(({ message: { message_id } }) => message_id);

describe("the tree of a chat", () => {
  test("has one branch that is shown, and says which of how many each message is", () => {
    expect(idsOf("a11")).toEqual(["q", "a", "a1", "a11"]);
    expect(branchTo(tree, "a2").map(({ place, count }) => `${place}/${count}`)).toEqual(["1/1", "1/2", "2/2"]);
  });

  test("shows what was said last where nothing is known of what was shown", () => {
    expect(idsOf(null)).toEqual(["q", "b"]);
    expect(idsOf("gone")).toEqual(["q", "b"]);
    expect(branchTo(toTree([]), null)).toEqual([]);
  });

  test("leads from one wording to the end of the next", () => {
    expect(siblingsOf(tree, "a")).toEqual(["a", "b"]);
    expect(endOfSibling(tree, "a", 1)).toBe("b");
    expect(endOfSibling(tree, "b", -1)).toBe("a2");
    expect(endOfSibling(tree, "a2", -1)).toBe("a11");
    expect(endOfSibling(tree, "b", 1)).toBeNull();
    expect(endOfBranch(tree, "a1")).toBe("a11");
  });

  test("begins anew where a message answers one that was not read yet", () => {
    const part = toTree(messages.slice(1));
    expect(branchTo(part, "a11").map(({ message: { message_id } }) => message_id)).toEqual(["a", "a1", "a11"]);
    expect(siblingsOf(part, "a")).toEqual(["a", "b"]);
  });

  test("keeps what has not changed as it is when it is read anew", () => {
    const [first, second] = messages;
    const changed = message("a", "q", { updated_at: "2" });
    const read = withRead([first!, second!], [message("q", null), changed, message("new", "a")]);
    expect(read[0]).toBe(first!);
    expect(read.slice(1)).toEqual([changed, message("new", "a")]);
    expect(withRead([changed], [second!])).toEqual([changed]);
  });
});

describe("the thread", () => {
  const question = (parentId: string | null, failure?: string) => ({
    id: "x",
    chatId: "c",
    parentId,
    content: "?",
    choices: [{}],
    askedAt: 1,
    failure,
  });

  test("ends where something is asked anew, and goes on below what could not be sent", () => {
    const branch = branchTo(tree, "a11");
    const shown = (parentId: string | null, failure?: string) =>
      toItems(tree, branch, undefined, [question(parentId, failure)]).items.map(({ message }) => message.message_id);
    expect(shown("a")).toEqual(["q", "a"]);
    expect(shown(null)).toEqual([]);
    expect(shown(null, "away")).toEqual(["q", "a", "a1", "a11"]);
  });

  test("keeps a question that could not be sent, also where the same was asked before it", () => {
    const asked = (siblings: readonly string[] | undefined) => ({ ...question("a", "away"), content: "a1", siblings });
    expect(isSent(asked(["a1", "a2"]), messages)).toBe(false);
    expect(isSent(asked(["a2"]), messages)).toBe(true);
    expect(isSent(asked(undefined), messages)).toBe(true);
    expect(isSent({ ...asked([]), parentId: "b" }, messages)).toBe(false);
  });

  test("has answers beside each other while they are compared, in the order of who was asked", () => {
    const compared = (endId: string, runs: string[]) => {
      const { items, ends } = toItems(tree, branchTo(tree, endId), runs, []);
      return [items.at(-1)?.compared.map(({ message_id }) => message_id), ends.map(({ message_id }) => message_id)];
    };
    expect(compared("b", ["run-a", "run-b"])).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(compared("b", ["run-b", "gone"])).toEqual([[], ["b"]]);
    expect(compared("a11", ["run-a", "run-b"])).toEqual([[], ["a11"]]);
  });
});
