import { within } from "../lib/deadline.ts";
import { createId } from "../lib/ids.ts";
import type { Memory } from "../memory/memory.ts";
import type { Caller } from "../protocol/caller.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { ApiError } from "../protocol/errors.ts";
import type { RunInfo } from "../protocol/runs.ts";
import type { RunTrace } from "../protocol/trace.ts";
import type { ChatTable } from "../store/chats.ts";
import type { JournalTables } from "../store/journal.ts";
import { beginRun, type BegunRun, type BeginParts } from "./begin.ts";
import { createChatRecorder } from "./chats/record.ts";
import { createTitles, type TitlesParts } from "./chats/titles.ts";
import type { EventReader } from "./event-log.ts";
import type { KeyRuns } from "./key-runs.ts";
import { interruption } from "./interruption.ts";
import { cancellation, type Run } from "./live-run.ts";
import { createPastRuns } from "./past.ts";
import { toTold, userOf } from "./remembered.ts";
import { replay } from "./replay.ts";
import { toRunInfo } from "./run-info.ts";

/** Who is running, and who ran a while ago. Everything belongs to an owner; to others it does not exist. */
export interface Runs {
  /**
   * What the messages name is brought in first, unless `signal` aborts: the run itself is ended by `cancel` alone.
   *
   * @throws {ApiError} for whatever can be known before the first event; `cancelled`
   */
  start(request: ChatRequest, caller: Caller, signal?: AbortSignal): Promise<Run>;
  /** The same for what the server asks by itself: the limits of the caller's key do not count it. */
  startBeside(request: ChatRequest, caller: Caller, signal?: AbortSignal): Promise<Run>;
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
  /** How many are being produced, have not begun yet, and can be joined. */
  countByState(): { readonly active: number; readonly starting: number; readonly resumable: number };
  /** Ends the runs of servers that are no more, as interrupted, and gives their number. */
  recover(): Promise<number>;
  /** Whether new runs are refused because the server stops. */
  readonly isDraining: boolean;
  /** How many run now, or begin to. */
  readonly count: number;
  /** Refuses new runs and waits until those that are running end, at most `ms`; then they are interrupted. */
  drain(ms: number): Promise<void>;
}

export interface RunsParts extends Omit<BeginParts, "recorder" | "getEnded" | "assertOpen"> {
  readonly chats: ChatTable;
  readonly memory: Pick<Memory, "recall" | "extract">;
  readonly titles: Omit<TitlesParts, "start">;
  readonly tables: JournalTables;
  readonly maxRuns: number;
  readonly keyRuns: KeyRuns;
  /** @throws {ApiError} `overloaded` while the server has no room for another */
  readonly assertRoom: () => void;
  /** Called with each run once it has begun. */
  readonly announce: (run: Run) => void;
}

/** How many may read one answer where another would join by its id, arbitrary: as many as there are sockets. */
const maxReaders = 10_000;

/** How long a run that was stopped may take to end, when somebody waits for it: a row is to be written. */
const endMs = 2_000;

export function createRuns(parts: RunsParts): Runs {
  const { journal, maxRuns } = parts;
  const running = new Map<string, Run>();
  const starting = new Map<string, Promise<Run>>();
  // Also while it begins, when it may be on disk already.
  const past = createPastRuns({ ...parts, isRunning: (id) => running.has(id) || starting.has(id) });
  const recorder = createChatRecorder({ ...parts, titles: createTitles({ ...parts.titles, start }) });
  /** Of what goes on after a run. */
  const aftermath = new AbortController();
  let isDraining = false;

  return {
    async start(request, caller, signal) {
      assertOpen();
      const end = parts.keyRuns.begin(caller);
      try {
        const run = await start(request, caller, signal);
        void run.ended.then(end, end);
        return run;
      } catch (thrown) {
        end();
        throw thrown;
      }
    },

    startBeside: start,

    async list(owner, limit) {
      const live = [...running.values()].filter((each) => each.owner === owner).map((each) => each.info());
      const rows = await past.list(owner, limit);
      const ended = rows.filter(({ id }) => !running.has(id)).map(toRunInfo);
      return [...live, ...ended].sort((a, b) => b.created_at.localeCompare(a.created_at)).slice(0, limit);
    },

    async get(id, owner) {
      return findRunning(id, owner)?.info() ?? toRunInfo(await past.get(id, owner));
    },

    async attach(id, owner, after) {
      const live = findRunning(id, owner);
      if (live && !live.isJournalled)
        throw new ApiError("not_resumable", 'this answer goes to one connection alone; ask with "resumable": true');
      if (live) {
        assertSeen(after, live.info().sequence);
        if (live.readers >= maxReaders)
          throw new ApiError("too_many_connections", `${maxReaders} read this answer already; try again in a moment`, {
            retryAfterMs: 5000,
          });
        return live.attach(after);
      }
      const row = await past.getEnded(id, owner);
      assertSeen(after, row.sequence);
      return replay(journal, row, after);
    },

    async cancel(id, owner) {
      const live = findRunning(id, owner);
      if (!live) return toRunInfo(await past.getEnded(id, owner));
      live.stop(cancellation());
      await within(live.ended, endMs);
      return live.info();
    },

    trace: async (id, owner) => findRunning(id, owner)?.trace() ?? past.trace(id, owner),

    inChat: (owner, chatId) => [...running.values()].filter((each) => each.owner === owner && each.chatId === chatId),

    countByState() {
      const live = [...running.values()];
      return {
        active: live.length,
        // Some are on both lists, until whoever asked has heard of them.
        starting: [...starting.keys()].filter((id) => !running.has(id)).length,
        resumable: live.filter(({ isJournalled }) => isJournalled).length,
      };
    },

    recover: past.recover,

    get isDraining() {
      return isDraining;
    },
    get count() {
      return running.size + starting.size;
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
    parts.assertRoom();
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
    const getEnded = (runId: string) => past.getEnded(runId, owner);
    const begun = await beginRun(id, request, caller, signal, { ...parts, recorder, getEnded, assertOpen });
    const { live } = begun;
    running.set(id, live);
    const forget = () => running.delete(id);
    void live.ended.then(forget, forget);
    if (begun.asked.memory) void live.ended.then(() => learn(begun, caller));
    parts.announce(live);
    return live;
  }

  /** What a conversation tells of its user is looked for once it has been answered. */
  async function learn({ live, asked, candidates }: BegunRun, caller: Caller): Promise<void> {
    const { reason, provider, model } = live.info();
    const answered = candidates.find((each) => each.provider.name === provider);
    // What is no language model would make facts of its own.
    if (reason !== "stop" || !answered || answered.provider.lastResort) return;
    const { api_key, base_url, api_base } = asked;
    const answerer = { api_key, base_url, api_base, provider: answered.provider.name, model };
    await parts.memory.extract(caller, userOf(asked, caller.owner), toTold(asked), aftermath.signal, answerer);
  }

  function findRunning(id: string, owner: string): Run | undefined {
    const found = running.get(id);
    return found?.owner === owner ? found : undefined;
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
