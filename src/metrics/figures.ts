import type { Channel } from "../channel/channel.ts";
import type { Count, Distribution, Series } from "../lib/counts.ts";
import type { Registry } from "../providers/registry.ts";
import type { Health } from "../routing/health.ts";
import type { Load } from "../routing/load.ts";
import type { Runs } from "../runs/runs.ts";
import type { Store } from "../store/index.ts";
import { databaseNames } from "../store/layout.ts";
import { readDiskFigures } from "./disk-figures.ts";
import type { Metrics } from "./metrics.ts";
import { readProcessFigures } from "./process-figures.ts";
import { type MetricName, table } from "./table.ts";
import { encodeFamily, type Sample } from "./text.ts";

export interface FigureParts {
  readonly metrics: Metrics;
  readonly runs: Runs;
  readonly channel: Channel;
  readonly registry: Registry;
  readonly health: Health;
  readonly load: Load;
  readonly store: Store;
  /** How often each shortage was the reason of a refusal. */
  readonly shedding: { readonly shed: Readonly<Record<string, number>> };
  readonly directory: string;
  readonly version: string;
}

/** All that is counted, and what is found by looking, as Prometheus reads it. */
export async function writeMetrics(parts: FigureParts): Promise<string> {
  parts.metrics.loopLag.keepMeasuring();
  const figures = await readFigures(parts);
  return Object.entries(table)
    .map(([name, family]) => encodeFamily(name, family, figures[name as MetricName]))
    .join("");
}

type Figures = { readonly [Name in MetricName]: readonly Sample[] };

async function readFigures(parts: FigureParts): Promise<Figures> {
  const ofDisk = await readDisk(parts);
  const { metrics, channel, shedding, version } = parts;
  const { runs, tasks, upstreams, requests, loopLag } = metrics;
  return {
    parley_build_info: [{ words: [version], value: 1 }],
    parley_runs_total: all(runs.runs),
    parley_run_first_token_seconds: all(runs.firstToken),
    parley_run_duration_seconds: all(runs.duration),
    parley_run_attempts_total: all(runs.attempts),
    parley_tokens_total: all(runs.tokens),
    parley_tokens_saved_total: all(runs.savedTokens),
    parley_tasks_total: all(tasks.tasks),
    parley_task_duration_seconds: all(tasks.duration),
    parley_upstream_requests_total: all(upstreams.requests),
    parley_upstream_requests_cancelled_total: all(upstreams.cancelled),
    parley_upstream_requests_active: all(upstreams.active),
    parley_http_requests_total: all(requests.requests),
    parley_http_request_duration_seconds: all(requests.duration),
    parley_requests_shed_total: Object.entries(shedding.shed).map(([reason, value]) => ({ words: [reason], value })),
    parley_channel_sockets: one(channel.count),
    parley_channel_sockets_refused_total: all(requests.refusedSockets),
    parley_event_loop_lag_seconds: one(loopLag.late),
    ...readRuns(parts),
    ...readProviders(parts),
    ...readStore(parts),
    ...ofDisk,
    ...readProcess(),
  };
}

function readRuns({ runs }: FigureParts) {
  const { active, starting, resumable } = runs.countByState();
  return {
    parley_runs_active: one(active),
    parley_runs_starting: one(starting),
    parley_runs_resumable: one(resumable),
  };
}

function readProviders({ registry, health, load }: FigureParts) {
  // Many more are known than can be asked.
  const each = registry.list().filter(registry.canBeAsked);
  return {
    parley_provider_busy: each.map(({ name }) => ({ words: [name], value: load.busy(name) })),
    parley_provider_cooling: each.map((provider) => ({
      words: [provider.name],
      value: health.status(provider) === "cooling" ? 1 : 0,
    })),
  };
}

function readStore({ store: { figures } }: FigureParts) {
  const { commits, reads } = figures;
  return {
    parley_sqlite_commit_seconds: commits.map(({ database, seconds }) => ({ words: [database], value: seconds })),
    parley_sqlite_commit_writes: commits.map(({ database, writes }) => ({ words: [database], value: writes })),
    parley_sqlite_commits_failed_total: commits.map(({ database, failed }) => ({
      words: [database],
      value: failed.value,
    })),
    parley_sqlite_read_seconds: one(reads.seconds),
    parley_sqlite_reads_waiting: one(reads.waiting),
  };
}

async function readDisk({ directory }: FigureParts) {
  const { free, databases } = await readDiskFigures(directory, databaseNames);
  return {
    parley_disk_free_bytes: one(free),
    parley_database_bytes: databases.map(({ name, bytes }) => ({ words: [name], value: bytes })),
  };
}

function readProcess() {
  const { memory, cpu, startedAt, descriptors, maxDescriptors } = readProcessFigures();
  return {
    process_resident_memory_bytes: one(memory),
    process_cpu_seconds_total: one(cpu),
    process_start_time_seconds: one(startedAt),
    process_open_fds: one(descriptors),
    process_max_fds: one(maxDescriptors),
  };
}

function all(series: Series<Count | Distribution>): Sample[] {
  return series.list().map(({ words, cell }) => ({ words, value: "bounds" in cell ? cell : cell.value }));
}

/** None where it is not known. */
function one(value: number | Distribution | undefined): Sample[] {
  return value === undefined ? [] : [{ words: [], value }];
}
