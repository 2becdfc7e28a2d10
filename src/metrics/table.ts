/** Every metric, what it tells, and by which labels. Times are seconds, sizes bytes, and counters begin anew with the server. */
export interface Family {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Their values are of the program and its settings: names of providers, patterns of routes, words of closed lists. */
  readonly labels: readonly string[];
}

const counter = (help: string, ...labels: string[]): Family => ({ type: "counter", help, labels });
const gauge = (help: string, ...labels: string[]): Family => ({ type: "gauge", help, labels });
const histogram = (help: string, ...labels: string[]): Family => ({ type: "histogram", help, labels });

/** To add one: its line here, what it is in `figures.ts`, and its row in `help/deploy.md`; a test and the compiler say so. */
export const table = {
  parley_build_info: gauge("Always 1; the label says which version runs", "version"),
  parley_runs_total: counter("Answers that ended", "provider", "outcome", "error"),
  parley_run_first_token_seconds: histogram("Time from the beginning of an answer to its first token", "provider"),
  parley_run_duration_seconds: histogram("Time from the beginning of an answer to its end", "provider", "outcome"),
  parley_run_attempts_total: counter(
    "Tries at an answer, with one provider each; a lost hedge has the outcome lost",
    "provider",
    "outcome",
    "hedge",
  ),
  parley_runs_active: gauge("Answers that are being produced"),
  parley_runs_starting: gauge("Answers that are asked for and have not begun"),
  parley_runs_resumable: gauge("Answers that are being produced and can be joined"),
  parley_tokens_total: counter("Tokens that were used", "provider", "kind"),
  parley_tokens_saved_total: counter("Tokens of prompts that cost less, or nothing, since they were kept", "provider"),
  parley_tasks_total: counter(
    "Tries at what is asked for beside answers: speech, transcription, embedding",
    "provider",
    "kind",
    "outcome",
    "error",
  ),
  parley_task_duration_seconds: histogram("Time of such a try; of speech, until its last sound", "provider", "kind"),
  parley_upstream_requests_total: counter("Requests to providers, by the class of their status", "provider", "status"),
  parley_upstream_requests_cancelled_total: counter("Requests to providers that were cut off by us", "provider"),
  parley_upstream_requests_active: gauge("Requests to providers that are under way", "provider"),
  parley_provider_busy: gauge("Answers and tasks that a provider is at", "provider"),
  parley_provider_cooling: gauge("1 while the router leaves a provider alone after failures", "provider"),
  parley_http_requests_total: counter(
    "Requests that were answered, by the pattern of their route",
    "method",
    "route",
    "status",
  ),
  parley_http_request_duration_seconds: histogram(
    "Time until an answer's head was ready; what is streamed after it is not counted",
    "method",
    "route",
  ),
  parley_requests_shed_total: counter("Requests that were refused lest the server break down", "reason"),
  parley_channel_sockets: gauge("WebSockets that are open"),
  parley_channel_sockets_refused_total: counter("WebSockets that were not opened", "status"),
  parley_event_loop_lag_seconds: histogram(
    "By how much a timer was late, ten times a second; measured while somebody asks for it",
  ),
  parley_sqlite_commit_seconds: histogram("Time of a transaction, with the wait for the disk", "database"),
  parley_sqlite_commit_writes: histogram("Writes that shared a transaction", "database"),
  parley_sqlite_commits_failed_total: counter("Transactions that were undone as a whole", "database"),
  parley_sqlite_read_seconds: histogram("Time of a long read in its thread, with its wait for those before"),
  parley_sqlite_reads_waiting: gauge("Long reads that are under way or wait"),
  parley_database_bytes: gauge("Size of a database with what is written ahead", "database"),
  parley_disk_free_bytes: gauge("What may still be written where the data lies"),
  process_resident_memory_bytes: gauge("Memory that the process holds"),
  process_cpu_seconds_total: counter("Time of processors, for the process and the system in its name"),
  process_start_time_seconds: gauge("When the process started, since 1970"),
  process_open_fds: gauge("Open descriptors; Linux alone"),
  process_max_fds: gauge("How many may be open; Linux alone"),
} as const satisfies Record<string, Family>;

export type MetricName = keyof typeof table;
