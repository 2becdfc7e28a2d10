import { within } from "../lib/deadline.ts";
import { createId } from "../lib/ids.ts";
import { tryParseJson } from "../lib/json.ts";
import type { Caller } from "../protocol/caller.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { RunInfo } from "../protocol/runs.ts";
import type { RunTrace } from "../protocol/trace.ts";
import type { Router } from "../routing/router.ts";
import type { Memory } from "../memory/memory.ts";
import type { ChatTable } from "../store/chats.ts";
import type { JournalTables, RunRow } from "../store/journal.ts";
import type { Presence } from "../store/presence.ts";
import type { TraceTable } from "../store/traces.ts";
import type { UsageRow, UsageTable } from "../store/usage.ts";
import { createChatRecorder } from "./chats/record.ts";
import { recoverChats } from "./chats/recovery.ts";
import { createTitles, type TitlesParts } from "./chats/titles.ts";
import type { EventReader } from "./event-log.ts";
import { interruption } from "./interruption.ts";
import type { Journal } from "./journal.ts";
import { cancellation, type Run, startLiveRun } from "./live-run.ts";
import { recoverRuns } from "./recovery.ts";
import { toTold, userOf } from "./remembered.ts";
import { replay } from "./replay.ts";
import { run, type RunTools } from "./run.ts";
import { toRunInfo } from "./run-info.ts";
import { createTrace } from "./trace.ts";
import { toWholeRequest } from "./whole-request.ts";

/** Who is running, and who ran a while ago. Everything belongs to an owner; to others it does not exist. */
export interface Runs {
  /**
   * What the messages name is brought in first, unless `signal` aborts: the run itself is ended by `cancel` alone.
   *
   * @throws {ApiError} for whatever can be known before the first event; `cancelled`
   */
  start(request: ChatRequest, caller: Caller, signal?: AbortSignal): Promise<Run>;
  /** Newest first. */
  list(owner: string, limit: number): Promise<RunInfo[]>;
  /** @throws {ApiError} `not_found` */
  get(id: string, owner: string): Promise<RunInfo>;
  /** The events after a number, and those to come. @throws {ApiError} `not_found`, `not_resumable` */
  attach(id: string, owner: string, after: number): Promise<EventReader>;
  /** Stops it, and tells how it ended. @throws {ApiError} `not_found` */
  cancel(id: string, owner: string): Promise<RunInfo>;
  /** How an answer came about. @throws {ApiError} `not_found` */
  trace(id: string, owner: string): Promise<RunTrace>;
  /** Those that belong to a chat and run now. */
  inChat(owner: string, chatId: string): Run[];
  /** Ends the runs of servers that are no more, as interrupted, and gives their number. */
  recover(): Promise<number>;
  /** Whether new runs are refused because the server stops. */
  readonly isDraining: boolean;
  /** Refuses new runs and waits until those that are running end, at most `ms`; then they are interrupted. */
  drain(ms: number): Promise<void>;
}

export interface RunsParts extends RunTools {
  readonly router: Router;
  readonly usage: UsageTable;
  readonly chats: ChatTable;
  readonly memory: Pick<Memory, "recall" | "extract">;
  readonly titles: Omit<TitlesParts, "start">;
  readonly traces: TraceTable;
  readonly journal: Journal;
  readonly tables: JournalTables;
  readonly presence: Presence;
  readonly maxRuns: number;
  readonly limits: { readonly runMs: number; readonly silenceMs: number; readonly graceMs: number };
  /** Called with each run once it has begun. */
  readonly announce: (run: Run) => void;
}

/** How long a run that was stopped may take to end, when somebody waits for it: a row is to be written. */
const endMs = 2_000;

export function createRuns(parts: RunsParts): Runs {
  const { router, journal, tables, clock, log, maxRuns, limits } = parts;
  const running = new Map<string, Run>();
  const starting = new Map<string, Promise<Run>>();
  const recorder = createChatRecorder({ ...parts, titles: createTitles({ ...parts.titles, start }) });
  /** Of what goes on after a run. */
  const aftermath = new AbortController();
  let isDraining = false;

  return {
    start,

    async list(owner, limit) {
      const live = [...running.values()].filter((each) => each.owner === owner).map((each) => each.info());
      let rows = await tables.list(owner, limit);
      if (rows.some(isDoubtful) && (await recover()) > 0) rows = await tables.list(owner, limit);
      const ended = rows.filter(({ id }) => !running.has(id)).map(toRunInfo);
      return [...live, ...ended].sort((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, limit);
    },

    async get(id, owner) {
      return findRunning(id, owner)?.info() ?? toRunInfo(await getRow(id, owner));
    },

    async attach(id, owner, after) {
      const live = findRunning(id, owner);
      if (live && !live.isJournalled)
        throw new ApiError("not_resumable", 'this answer goes to one connection alone; ask with "resumable": true');
      if (live) {
        assertSeen(after, live.info().sequence);
        return live.attach(after);
      }
      const row = await getEnded(id, owner);
      assertSeen(after, row.sequence);
      return replay(journal, row, after);
    },

    async cancel(id, owner) {
      const live = findRunning(id, owner);
      if (!live) return toRunInfo(await getEnded(id, owner));
      live.stop(cancellation());
      await within(live.ended, endMs);
      return live.info();
    },

    async trace(id, owner) {
      const live = findRunning(id, owner);
      if (live) return live.trace();
      const row = await parts.traces.find(id);
      const trace = row?.owner === owner ? tryParseJson(row.trace) : undefined;
      if (trace === undefined) throw new ApiError("not_found", "there is no such answer, or it has expired");
      // Written by us.
      return trace as RunTrace;
    },

    inChat: (owner, chatId) => [...running.values()].filter((each) => each.owner === owner && each.chatId === chatId),

    recover,

    get isDraining() {
      return isDraining;
    },

    async drain(ms) {
      isDraining = true;
      await within(whenIdle(), ms);
      for (const each of running.values()) each.stop(interruption(each));
      aftermath.abort();
      await within(Promise.all([whenIdle(), recorder.whenNamed()]), endMs);
    },
  };

  async function start(request: ChatRequest, caller: Caller, signal = new AbortController().signal): Promise<Run> {
    assertOpen();
    if (running.size + starting.size >= maxRuns) {
      throw new ApiError("too_many_runs", `${maxRuns} answers are being produced already; try again in a moment`, {
        retryAfterMs: 1000,
      });
    }
    const id = createId("run");
    const started = begin(id, request, caller, signal);
    starting.set(id, started);
    return started.finally(() => starting.delete(id));
  }

  async function begin(id: string, request: ChatRequest, caller: Caller, signal: AbortSignal): Promise<Run> {
    const { owner } = caller;
    const named = { ...parts, getEnded: (id: string) => getEnded(id, owner) };
    const { request: asked, place, notes } = await toWholeRequest(request, owner, named, signal);
    const plan = await router.plan(asked);
    assertOpen();
    const trace = createTrace(id, plan.decision, clock);
    const { resumable, chat_id, run_id, timeout } = asked;
    const row: RunRow = {
      id,
      server: parts.presence.id,
      owner,
      chat_id: chat_id ?? null,
      continues: run_id ?? null,
      resumable: resumable ? 1 : 0,
      state: "running",
      reason: null,
      provider: null,
      model: null,
      usage: null,
      sequence: 0,
      created_at: clock(),
      ended_at: null,
    };
    const { silenceMs } = limits;
    const chat = place && (await recorder.begin(id, place, { caller, candidate: plan.candidates[0], request: asked }));
    const live = await startLiveRun({
      row,
      events: (signal) => run(asked, { ...parts, id, owner, plan, notes, trace, chat, signal, record, silenceMs }),
      trace,
      // Those in the chat's room may come at any time, too.
      journal: resumable || chat_id != null ? journal : undefined,
      timeoutMs: Math.min(limits.runMs, (timeout ?? Infinity) * 1000),
      graceMs: resumable ? limits.graceMs : 0,
      clock,
      log,
    }).catch(async (thrown: unknown) => {
      await chat?.end("failed");
      throw thrown;
    });
    running.set(id, live);
    const forget = () => running.delete(id);
    void live.ended.then(forget, forget);
    if (asked.memory) void live.ended.then(() => learn(live, asked, owner));
    parts.announce(live);
    return live;
  }

  /** What a conversation tells of its user is looked for once it has been answered. */
  async function learn(live: Run, asked: ChatRequest, owner: string): Promise<void> {
    const { reason, provider, model } = live.info();
    if (reason !== "stop" || provider === null) return;
    const answerer = { provider, model };
    await parts.memory.extract(owner, userOf(asked, owner), toTold(asked), aftermath.signal, answerer);
  }

  async function record(row: UsageRow, trace: RunTrace): Promise<void> {
    const { run_id, owner } = row;
    const kept = parts.traces.insert({ run_id, owner, ended_at: clock(), trace: JSON.stringify(trace) });
    kept.catch((error: unknown) => log.error("how an answer came about could not be written", { run: run_id, error }));
    await parts.usage.insert(row);
  }

  function findRunning(id: string, owner: string): Run | undefined {
    const found = running.get(id);
    return found?.owner === owner ? found : undefined;
  }

  async function getRow(id: string, owner: string): Promise<RunRow> {
    const row = await tables.find(id);
    if (row?.owner !== owner) throw new ApiError("not_found", "there is no such answer, or it has expired");
    // Once it is recovered it is not doubtful any more; one that another server runs stays so.
    return isDoubtful(row) && (await recover()) > 0 ? getRow(id, owner) : row;
  }

  /** Called running, and not here: its server may be no more. */
  function isDoubtful({ id, state }: RunRow): boolean {
    return state === "running" && !isHere(id);
  }

  /** Also while it begins, when it may be on disk already. */
  function isHere(id: string): boolean {
    return running.has(id) || starting.has(id);
  }

  async function recover(): Promise<number> {
    const recovered = await recoverRuns({ ...parts, isRunning: isHere });
    await recoverChats({ ...parts, isRunning: isHere });
    return recovered;
  }

  /** @throws {ApiError} `not_found`, `still_running` */
  async function getEnded(id: string, owner: string): Promise<RunRow> {
    const row = await getRow(id, owner);
    if (row.state !== "running") return row;
    const cure = isHere(id) ? "attach to it" : "ask the other server on this data directory";
    throw new ApiError("still_running", `this answer is still being produced: ${cure}`);
  }

  function assertOpen(): void {
    if (isDraining)
      throw new ApiError("shutting_down", "the server is stopping; try again in a moment", { retryAfterMs: 5000 });
  }

  async function whenIdle(): Promise<void> {
    await Promise.allSettled(starting.values());
    await Promise.all([...running.values()].map(({ ended }) => ended));
  }
}

/** Nobody is shown an event before it is on disk: none can have seen more than there is. */
function assertSeen(after: number, sequence: number): void {
  if (after > sequence) throw new ApiError("invalid_request", `after: this answer has ${sequence} events so far`);
}
