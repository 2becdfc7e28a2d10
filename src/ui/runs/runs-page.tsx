import { useSearchParams } from "wouter";
import { RunList } from "./run-list.tsx";
import { RunView } from "./run-view.tsx";

export default function RunsPage() {
  const [params] = useSearchParams();
  const runId = params.get("run");
  return runId ? <RunView key={runId} runId={runId} /> : <RunList />;
}
