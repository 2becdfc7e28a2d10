import { Link } from "wouter";
import { FirstRun } from "../models/first-run.tsx";
import { chatPath } from "../state/chat-path.ts";
import { useChatId } from "./chat-id.ts";
import { textOf } from "./from-message.ts";
import { useQuestions } from "./questions.ts";

/** Before anything was said; with what was written elsewhere, and never sent. */
export function EmptyChat({ onAsk }: { readonly onAsk: (text: string) => void }) {
  const chatId = useChatId();
  const questions = useQuestions((state) => state.questions);
  const left = questions.filter((each) => each.chatId !== chatId && each.failure !== undefined);
  return (
    <div className="chat-empty">
      <FirstRun onExample={onAsk} />
      {left.length > 0 && (
        <section>
          <h2>Not sent yet</h2>
          <ul>
            {left.map((each) => (
              <li key={each.id}>
                <Link href={chatPath(each.chatId)}>{textOf(each.content).slice(0, 80)}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
