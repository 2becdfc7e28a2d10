import { useEffect, useMemo } from "react";
import type { ChatMessage } from "../../protocol/chats.ts";
import type { ChatData } from "./chat-data.ts";
import { useComparisons } from "./comparisons.ts";
import { isSent, toItems } from "./items.ts";
import { dropQuestion, useQuestions } from "./questions.ts";
import { branchTo, toTree } from "./tree.ts";

const none: readonly ChatMessage[] = [];

/** What a chat shows, from top to bottom. */
export function useItems(chatId: string, chat: ChatData | undefined) {
  const messages = chat?.messages ?? none;
  const endId = chat?.current_id ?? null;
  const tree = useMemo(() => toTree(messages), [messages]);
  const branch = useMemo(() => branchTo(tree, endId), [tree, endId]);
  const compared = useComparisons(({ runs }) => (Object.hasOwn(runs, chatId) ? runs[chatId] : undefined));
  const questions = useQuestions((state) => state.questions);
  const unsent = useMemo(() => questions.filter((each) => each.chatId === chatId), [questions, chatId]);

  // The server has some that this page did not hear of in time.
  useEffect(() => {
    for (const question of unsent) if (question.failure && isSent(question, messages)) dropQuestion(question.id);
  }, [unsent, messages]);

  return useMemo(() => ({ ...toItems(tree, branch, compared, unsent), unsent }), [tree, branch, compared, unsent]);
}
