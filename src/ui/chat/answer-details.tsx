import type { ReactNode } from "react";
import { Link } from "wouter";
import type { ChatMessage } from "../../protocol/chats.ts";
import { toCount, toDollars } from "../parts/amounts.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Moment } from "../parts/moment.tsx";
import type { AnswerState } from "../answer/answer-state.ts";

export interface AnswerDetailsProps {
  readonly answer: AnswerState;
  readonly message: ChatMessage;
  readonly onClose: () => void;
}

/** Who answered, when, and what it took. */
export function AnswerDetails({ answer, message, onClose }: AnswerDetailsProps) {
  const { provider, model, usage, finish } = answer;
  const rows: readonly (readonly [string, ReactNode])[] = [
    ["Model", model || "not known"],
    ["Provider", provider || "not known"],
    ["Asked", <Moment key="asked" at={message.created_at} />],
    ["Done", <Moment key="done" at={message.updated_at} />],
    ...(finish === undefined ? [] : [["Ended with", finish] as const]),
    ["Tokens read", usage ? toCount(usage.promptTokens) : "not known"],
    ["Tokens written", usage ? toCount(usage.completionTokens) : "not known"],
    ["Cost", usage?.cost === undefined ? "not known" : toDollars(usage.cost)],
  ];
  return (
    <Dialog isOpen onClose={onClose} title="About this answer">
      <dl className="chat-answer-details">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {message.run_id !== null && (
        <Link href={`/runs?run=${encodeURIComponent(message.run_id)}`}>How it was routed, step by step</Link>
      )}
    </Dialog>
  );
}
