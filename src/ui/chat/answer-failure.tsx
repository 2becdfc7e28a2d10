import type { ChatMessage } from "../../protocol/chats.ts";
import { Button } from "../parts/button.tsx";
import type { AnswerState } from "./answer-state.ts";
import { askAgain } from "./ask.ts";
import { useChatId } from "./chat-id.ts";

export interface AnswerFailureProps {
  readonly answer: AnswerState;
  readonly message: ChatMessage;
}

/** Why an answer is not whole, and how to go on. */
export function AnswerFailure({ answer, message }: AnswerFailureProps) {
  const chatId = useChatId();
  const why = toReason(answer);
  if (why === undefined) return null;
  const { message_id: id, parent_id: parent } = message;
  return (
    <div className={answer.state === "failed" ? "failure" : "answer-cut"}>
      <p>{why}</p>
      {answer.text !== "" && <Button onClick={() => void askAgain(chatId, id, "continue")}>Continue</Button>}
      {answer.text === "" && parent !== null && (
        <Button onClick={() => void askAgain(chatId, parent)}>Try again</Button>
      )}
    </div>
  );
}

function toReason({ state, finish, failure }: AnswerState): string | undefined {
  if (state === "failed") return failure ?? "This answer failed.";
  if (state === "interrupted") return "The server stopped in the middle of this answer.";
  if (state === "cancelled") return "This answer was stopped.";
  if (finish === "length") return "This answer is as long as it may be.";
  if (finish === "content_filter") return "The provider cut this answer off.";
  return undefined;
}
