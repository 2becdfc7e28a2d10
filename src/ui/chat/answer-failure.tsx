import { StepForward } from "lucide-react";
import type { ChatMessage } from "../../protocol/chats.ts";
import { Button } from "../parts/button.tsx";
import type { AnswerState } from "../answer/answer-state.ts";
import { askAgain } from "./ask.ts";
import { useChatId } from "./chat-id.ts";

export interface AnswerFailureProps {
  readonly answer: AnswerState;
  readonly message: ChatMessage;
}

/** Where an answer is not whole: how to go on. */
export function AnswerFailure({ answer, message }: AnswerFailureProps) {
  const chatId = useChatId();
  const { message_id: id, parent_id: parent } = message;
  const isBegun = answer.text !== "";
  if (answer.state === "done" && !isCut(answer)) return null;
  if (!isBegun && parent === null) return null;
  const reason = toReason(answer);
  return (
    <div className="chat-answer-cut">
      {reason !== undefined && <p>{reason}</p>}
      {isBegun && (
        <Button onClick={() => void askAgain(chatId, id, "continue")}>
          <StepForward aria-hidden size={16} /> Continue
        </Button>
      )}
      {!isBegun && parent !== null && <Button onClick={() => void askAgain(chatId, parent)}>Try again</Button>}
    </div>
  );
}

function isCut({ finish }: AnswerState): boolean {
  return finish === "length" || finish === "content_filter";
}

/** What the answer itself does not say. */
function toReason({ finish }: AnswerState): string | undefined {
  if (finish === "length") return "This answer is as long as it may be.";
  if (finish === "content_filter") return "The provider cut this answer off.";
  return undefined;
}
