import type { Attempt, RunTrace } from "../../protocol/trace.ts";
import { toDuration } from "../parts/amounts.ts";
import { StateBadge } from "./state-badge.tsx";
import { toName } from "./words.ts";

/** Who was asked, one after the other or at once, against the time that it took. */
export function AttemptList({ trace }: { readonly trace: RunTrace }) {
  const { attempts, end, created_at } = trace;
  const total = Math.max(1, end?.ended_ms ?? Date.now() - Date.parse(created_at));
  return (
    <section>
      <h2>Who was asked</h2>
      {attempts.length === 0 ? (
        <p>Nobody so far.</p>
      ) : (
        <>
          <p className="muted">
            Each bar stands in the {toDuration(total)} that it took in all, paler until the first token.
          </p>
          <ol className="runs-attempts">
            {attempts.map((attempt, index) => (
              <AttemptView key={index} attempt={attempt} total={total} />
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function AttemptView({ attempt, total }: { readonly attempt: Attempt; readonly total: number }) {
  const { outcome, message, error, hedge, tool_emulation } = attempt;
  return (
    <li>
      <p className="runs-attempt">
        <strong>{toName(attempt)}</strong>
        <StateBadge state={outcome} />
      </p>
      {outcome !== "skipped" && <TimeBar attempt={attempt} total={total} />}
      <p className="muted">{tellTimes(attempt)}</p>
      {message !== null && <p className={outcome === "failed" ? "wrong" : "muted"}>{tellFailure(error, message)}</p>}
      {hedge && <p className="muted">Asked beside one that was slow.</p>}
      {tool_emulation && <p className="muted">The tools were put into words for it.</p>}
    </li>
  );
}

/** Where it lies in the whole, waiting for the first token lighter than what comes after it. */
function TimeBar({ attempt, total }: { readonly attempt: Attempt; readonly total: number }) {
  const { started_ms: start, first_token_ms: first, ended_ms, outcome } = attempt;
  const end = ended_ms ?? total;
  const percent = (ms: number) => `${Math.min(100, (ms / total) * 100)}%`;
  const width = (ms: number) => `${Math.max(0.5, Math.min(100, (ms / total) * 100))}%`;
  return (
    <svg aria-hidden className={`runs-bar ${outcome}`}>
      <rect className="runs-bar-ground" width="100%" height="100%" />
      <rect className="runs-bar-waiting" x={percent(start)} width={width((first ?? end) - start)} height="100%" />
      {first !== null && (
        <rect className="runs-bar-token" x={percent(first)} width={width(end - first)} height="100%" />
      )}
    </svg>
  );
}

function tellTimes({ started_ms: start, first_token_ms: first, ended_ms: end, outcome }: Attempt): string {
  if (outcome === "skipped") return `After ${toDuration(start)}.`;
  return [
    start === 0 ? "Asked at once" : `Asked after ${toDuration(start)}`,
    ...(first === null ? [] : [`first token ${toDuration(first - start)} later`]),
    ...(end === null ? [] : [`over after ${toDuration(end - start)}`]),
  ].join(", ");
}

/** Most messages name their class themselves. */
function tellFailure(error: string | null, message: string): string {
  return error === null || message.startsWith(error) ? message : `${error}: ${message}`;
}
