import { useMemo } from "react";
import type { ChatMessage } from "../../protocol/chats.ts";
import type { AnswerState } from "../answer/answer-state.ts";
import { useFollowed } from "./followed.ts";
import { fromMessage, withFollowed } from "./from-message.ts";

/** An answer as far as it is known: while it is produced from its run, and from its chat as soon as that has it. */
export function useAnswer(message: ChatMessage): AnswerState {
  const kept = useMemo(() => fromMessage(message), [message]);
  const followed = useFollowed(message);
  return useMemo(() => {
    if (!followed) return kept;
    // What the chat has of a running answer is what it goes on from.
    if (message.state === "running") return { ...followed, text: kept.text + followed.text };
    return withFollowed(kept, followed);
  }, [kept, followed, message.state]);
}
