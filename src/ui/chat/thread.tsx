import { ArrowDown } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "../parts/button.tsx";
import { Comparison } from "./comparison.tsx";
import { Earlier } from "./earlier.tsx";
import type { Item } from "./items.ts";
import { MessageView } from "./message-view.tsx";
import type { Question } from "./questions.ts";
import { UnsentQuestion } from "./unsent-question.tsx";
import { useShownEnd } from "./use-shown-end.ts";
import { useStayAtEnd } from "./use-stay-at-end.ts";
import { useStayInPlace } from "./use-stay-in-place.ts";

export interface ThreadProps {
  readonly items: readonly Item[];
  readonly unsent: readonly Question[];
  readonly onAsk: (text: string) => void;
}

/** What was said, the end in sight. What is said meanwhile is not read out token by token. */
export function Thread({ items: all, unsent, onAsk }: ThreadProps) {
  const { from, isEnough, showEarlier } = useShownEnd(all);
  const items = all.slice(from);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  useStayInPlace(scroller, content, from);
  const { isAway, toEnd } = useStayAtEnd(scroller, content);
  const asked = unsent.at(-1)?.id;
  // Who asks wants to see the answer.
  useEffect(() => {
    if (asked !== undefined) toEnd();
  }, [asked]);

  return (
    <div className="chat-thread">
      <div ref={scroller} className="chat-scroller" role="log" aria-live="off" aria-label="Messages" tabIndex={0}>
        <div ref={content} className="chat-messages">
          {from > 0 && isEnough && <Earlier scroller={scroller} count={from} onShow={showEarlier} />}
          {items.map(({ message, place, count, compared }, index) =>
            compared.length > 0 ? (
              <Comparison key={message.parent_id} messages={compared} />
            ) : (
              <MessageView
                // Another wording takes the place of the one before, and leaves the focus where it is.
                key={`below ${message.parent_id}`}
                message={message}
                place={place}
                count={count}
                onAsk={index === items.length - 1 && unsent.length === 0 ? onAsk : undefined}
              />
            ),
          )}
          {unsent.map((question) => (
            <UnsentQuestion key={question.id} question={question} />
          ))}
        </div>
      </div>
      {isAway && (
        <Button className="chat-to-end" onClick={toEnd}>
          <ArrowDown aria-hidden size={16} /> To the end
        </Button>
      )}
    </div>
  );
}
