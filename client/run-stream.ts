import type { RunEvent } from "../src/protocol/events.ts";
import { ParleyError, type ParleyErrorCode } from "./errors.ts";
import { readMessages, type StreamMessage } from "./event-stream.ts";
import { afterwardsMs, createPatience, unreachedMs } from "./patience.ts";
import { runFailure } from "./run-failure.ts";
import { until } from "./until.ts";

/** The events of one run, over as many connections as it takes. */
export interface RunStream {
  /** Whether its `finish` has come. */
  readonly isOver: boolean;
  /** Connects for the first time, once. @throws {ParleyError} as the reading */
  begin(): Promise<void>;
  /** Each event once, in order. Called once. */
  read(): AsyncGenerator<RunEvent, void, undefined>;
}

export interface RunStreamParts {
  /** Asks for the events after a number. @throws {ParleyError} */
  readonly dial: (after: number, signal: AbortSignal) => Promise<Response>;
  /** Whether the run is known to be there. */
  readonly isAccepted: () => boolean;
  /** Called with the run's id as events name it, where the head of the answer did not. */
  readonly onAccepted: (runId: string) => void;
  /** Whether it outlives a connection. */
  readonly isResumable: boolean;
  /** How long no event may come while connections fail. */
  readonly giveUpAfterMs: number;
  readonly silenceMs: number;
  /** Aborted with a `ParleyError` when nobody reads any more. */
  readonly signal: AbortSignal;
}

/** The head of a first answer waits for what the messages name to be fetched and read. */
const headSilences = 10;

/** What one may be told who makes a lost connection anew, and then is not told any more. */
const passing: ReadonlySet<ParleyErrorCode> = new Set<ParleyErrorCode>(["connection_failed", "still_running"]);
/** Unless there may be a run these are for the caller to judge. */
const passingOnceAsked: ReadonlySet<ParleyErrorCode> = new Set<ParleyErrorCode>([
  "shutting_down",
  "rate_limited",
  "too_many_runs",
  "too_many_connections",
  "overloaded",
  "internal",
  "body_too_slow",
]);

export function createRunStream(parts: RunStreamParts): RunStream {
  const { dial, isAccepted, onAccepted, isResumable, giveUpAfterMs, silenceMs, signal } = parts;
  const patience = createPatience();
  let after = 0;
  let isOver = false;
  /** Whether the question may have arrived, with its answer lost: whoever asks it anew would pay for it twice. */
  let wasAsked = false;
  /** Whether the server has ever answered. */
  let wasReached = false;
  let beginning: Promise<Link> | undefined;

  return {
    get isOver() {
      return isOver;
    },
    async begin() {
      await (beginning ??= connect());
    },
    async *read() {
      let link = await (beginning ??= connect());
      for (;;) {
        try {
          yield* readLink(link);
          if (isOver) return;
          throw new ParleyError("connection_failed", "the stream ended before the answer did");
        } catch (thrown) {
          const goesOn = await recover(thrown).then(() => true, unlessOver);
          if (!goesOn) return;
        } finally {
          link.close();
        }
        const next = await connect().catch(unlessOver);
        if (!next) return;
        link = next;
      }
    },
  };

  async function connect(): Promise<Link> {
    for (;;) {
      signal.throwIfAborted();
      const attempt = new AbortController();
      const leave = () => attempt.abort(signal.reason);
      const close = () => {
        signal.removeEventListener("abort", leave);
        attempt.abort();
      };
      signal.addEventListener("abort", leave);
      try {
        const dialled = dial(after, attempt.signal);
        const ms = silenceMs * (isAccepted() ? 1 : headSilences);
        const late = new ParleyError("connection_failed", `the server did not answer within ${ms / 1000} s`);
        const response = await until(dialled, { signal, ms, late });
        return { body: bodyOf(response), signal: attempt.signal, close };
      } catch (thrown) {
        close();
        await recover(thrown);
      }
    }
  }

  async function* readLink({ body, signal: attempt }: Link): AsyncGenerator<RunEvent, void, undefined> {
    const messages = readMessages(body, { signal: attempt, silenceMs, onAlive: patience.renew });
    for await (const message of messages) {
      const { runId, seq, event } = readMessage(message);
      // What a stream says without a number is that it cannot be read on, whatever becomes of the run.
      if (seq === undefined && (event.type === "error" || event.type === "auth")) throw runFailure(event);
      if (seq === undefined || seq <= after) continue;
      if (seq > after + 1) throw new ParleyError("connection_failed", "events of the answer are missing");
      if (!isAccepted()) onAccepted(runId);
      after = seq;
      patience.renew();
      if (event.type === "finish") isOver = true;
      yield event;
    }
  }

  /** Waits before the next connection. @throws {ParleyError} where there will be none */
  async function recover(thrown: unknown): Promise<void> {
    if (!(thrown instanceof ParleyError) || !isResumable || !isPassing(thrown)) throw thrown;
    wasAsked ||= passing.has(thrown.code);
    wasReached ||= thrown.code !== "connection_failed";
    await patience.wait(thrown, limitOf(thrown), signal);
  }

  function isPassing({ code, status }: ParleyError): boolean {
    if (passing.has(code)) return true;
    // Asked once more, the server says why with a status, or the answer goes on.
    if (code === "run_failed") return isAccepted() && patience.tries === 0;
    // What stands before a server that is away says anything.
    if (code === "unexpected_answer") return isAccepted() && status >= 400;
    return (isAccepted() || wasAsked) && passingOnceAsked.has(code);
  }

  function limitOf({ code }: ParleyError): number {
    if (isOver) return Math.min(giveUpAfterMs, afterwardsMs);
    const isUnreached = code === "connection_failed" && !isAccepted() && !wasReached;
    return isUnreached ? Math.min(giveUpAfterMs, unreachedMs) : giveUpAfterMs;
  }

  /** Whoever has a `finish` misses nothing that matters. */
  function unlessOver(thrown: unknown): undefined {
    if (!isOver) throw thrown;
  }
}

/** One connection. */
interface Link {
  readonly body: ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
  readonly close: () => void;
}

/** @throws {ParleyError} `unexpected_answer` */
function bodyOf({ status, headers, body }: Response): ReadableStream<Uint8Array> {
  if (body && headers.get("content-type")?.startsWith("text/event-stream")) return body;
  throw new ParleyError("unexpected_answer", "what answered is no Parley server, or has no more of this answer", {
    status,
  });
}

interface Numbered {
  readonly runId: string;
  readonly seq: number | undefined;
  readonly event: RunEvent;
}

/** Its id is `<run id>.<number>`. @throws {ParleyError} `unexpected_answer` */
function readMessage({ id, data }: StreamMessage): Numbered {
  try {
    // The server's own; a type that a newer one has is passed on as it is.
    const event = JSON.parse(data) as RunEvent;
    const [, runId = "", seq] = /^(.*)\.(\d+)$/.exec(id ?? "") ?? [];
    return { runId, seq: seq === undefined ? undefined : Number(seq), event };
  } catch (cause) {
    throw new ParleyError("unexpected_answer", "an event of the answer is no JSON", { cause });
  }
}
