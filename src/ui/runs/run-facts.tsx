import { Link } from "wouter";
import { chatPath } from "../state/chat-path.ts";
import { type Known, toFacts, toState } from "./facts.ts";
import { StateBadge } from "./state-badge.tsx";

export interface RunFactsProps extends Known {
  readonly runId: string;
}

export function RunFacts({ runId, run, trace }: RunFactsProps) {
  return (
    <>
      <p className="runs-state">
        <StateBadge state={toState({ run, trace })} />
        {run?.chat_id != null && <Link href={chatPath(run.chat_id)}>Open its chat</Link>}
        <code className="muted">{runId}</code>
      </p>
      <dl className="runs-facts">
        {toFacts({ run, trace }, Date.now()).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
