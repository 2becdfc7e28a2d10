import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { unwrap } from "../../../client/index.ts";
import type { RunInfo } from "../../protocol/runs.ts";
import { toCount, toDuration } from "../parts/amounts.ts";
import { Failure } from "../parts/failure.tsx";
import { toRecentMoment } from "../parts/moments.ts";
import { Page } from "../parts/page.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { chatPath } from "../state/chat-path.ts";
import { client } from "../state/client.ts";
import { CancelRun } from "./cancel-run.tsx";
import { StateBadge } from "./state-badge.tsx";
import { toElapsed } from "./words.ts";

/** How often the list is read again, in milliseconds, while it is looked at. */
const pace = { running: 1_500, quiet: 8_000 };

export function RunList() {
  const { data, error, refetch } = useQuery({
    queryKey: ["runs"],
    queryFn: () => unwrap(client.api.runs.get({ query: {} })),
    refetchInterval: ({ state }) => (state.data?.some(isRunning) ? pace.running : pace.quiet),
  });
  return (
    <Page
      title="Answers"
      about="Those that are being written now, and those that ended a while ago and can still be read on. Each shows who was asked for it, and why."
    >
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data?.length === 0 && (
        <p>
          No answer runs now, and none ended lately. <Link href="/">Ask something</Link>, and it will be here.
        </p>
      )}
      {data && data.length > 0 && (
        <ul className="runs-list">
          {data.map((run) => (
            <Row key={run.run_id} run={run} />
          ))}
        </ul>
      )}
    </Page>
  );
}

const isRunning = ({ state }: RunInfo) => state === "running";

function Row({ run }: { readonly run: RunInfo }) {
  const now = Date.now();
  const { run_id, state, provider, model, usage, chat_id, created_at } = run;
  return (
    <li>
      <StateBadge state={state} />
      <div className="runs-what">
        <Link href={`/runs?run=${run_id}`}>{model ?? "Not answered by anybody yet"}</Link>
        <p className="muted">
          {provider !== null && <span>{provider}</span>}
          <time dateTime={created_at}>{toRecentMoment(created_at, now)}</time>
          <span>{toDuration(toElapsed(run, now))}</span>
          {usage && <span>{toCount(usage.total_tokens)} tokens</span>}
          {chat_id !== null && (
            <Link href={chatPath(chat_id)} aria-label={`The chat of ${model ?? "this answer"}`}>
              Chat
            </Link>
          )}
        </p>
      </div>
      {isRunning(run) && <CancelRun runId={run_id} />}
    </li>
  );
}
