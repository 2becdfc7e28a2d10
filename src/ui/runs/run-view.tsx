import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { isParleyError, unwrap } from "../../../client/index.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Failure } from "../parts/failure.tsx";
import { Page } from "../parts/page.tsx";
import { Waiting } from "../parts/waiting.tsx";
import { client } from "../state/client.ts";
import { AttemptList } from "./attempt-list.tsx";
import { CancelRun } from "./cancel-run.tsx";
import { DecisionView } from "./decision-view.tsx";
import { RunFacts } from "./run-facts.tsx";

/** How often it is read again while it runs, in milliseconds. */
const paceMs = 1_000;

/** How one answer came about. It may have a trace though it cannot be read on any more, and the other way round. */
export function RunView({ runId }: { readonly runId: string }) {
  const trace = useQuery({
    queryKey: ["runs", runId, "trace"],
    queryFn: () => unwrap(client.api.runs({ run_id: encodeURIComponent(runId) }).trace.get()),
    refetchInterval: ({ state }) => (state.data && !state.data.end ? paceMs : false),
  });
  const run = useQuery({
    queryKey: ["runs", runId],
    queryFn: () => unwrap(client.api.runs({ run_id: encodeURIComponent(runId) }).get()).catch(missing),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? paceMs : false),
  });
  const error = trace.error ?? run.error;
  return (
    <Page
      title="How this answer came about"
      about={<Link href="/runs">All answers</Link>}
      actions={
        <>
          {run.data?.state === "running" && <CancelRun runId={runId} />}
          {trace.data && (
            <CopyButton
              label="Copy as JSON"
              text={() => JSON.stringify({ run: run.data, trace: trace.data }, null, 2)}
            />
          )}
        </>
      }
    >
      {error && (isMissing(error) ? <Gone /> : <Failure error={error} onRetry={() => void trace.refetch()} />)}
      {trace.isPending && <Waiting />}
      {(run.data || trace.data) && <RunFacts runId={runId} run={run.data ?? undefined} trace={trace.data} />}
      {trace.data && (
        <>
          <AttemptList trace={trace.data} />
          <DecisionView decision={trace.data.decision} />
        </>
      )}
    </Page>
  );
}

function Gone() {
  return (
    <p>
      How an answer came about is kept as long as the answer can be read on: an hour after its end, unless{" "}
      <code>run_retention</code> says otherwise. Of this one nothing is left, or it is not yours.
    </p>
  );
}

function missing(thrown: unknown): null {
  if (isMissing(thrown)) return null;
  throw thrown;
}

function isMissing(error: unknown): boolean {
  return isParleyError(error) && error.code === "not_found";
}
