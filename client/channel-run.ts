import type { ChannelFrame, ChannelOp, EventFrame, maxFrameBytes, RefusedFrame } from "../src/protocol/channel.ts";
import type { ChatRequest } from "../src/protocol/chat.ts";
import type { RunEvent } from "../src/protocol/events.ts";
import type { AnswerSource } from "./answer.ts";
import { createIdempotencyKey } from "./chat.ts";
import { cancelled } from "./connection.ts";
import { ParleyError } from "./errors.ts";
import type { Carried, Line } from "./line.ts";
import { createQueue } from "./queue.ts";
import { createRunId } from "./run-id.ts";

/** One run of a channel: asked for or joined, and joined again on every other socket, behind the last event that came. */
export interface ChannelRun extends AnswerSource, Carried {
  /** An event that came under the id of a room. */
  feed(frame: EventFrame, size: number): void;
  /** The room has shown all of it. */
  fed(): void;
}

/** What it begins with: a question, or a run that there is. */
export type Beginning =
  | { readonly request: ChatRequest }
  | { readonly runId: string; readonly after?: number | undefined; readonly isFed?: boolean };

type RunOp = Extract<ChannelOp, { op: "run" }>;

export interface ChannelRunOptions {
  readonly signal?: AbortSignal | undefined;
  /** How often the server hears of a run whose reader is behind. */
  readonly touchMs: number;
}

/** The server ends a socket for more. */
const maxBytes: typeof maxFrameBytes = 1_048_576;
/** What may wait for a reader, both arbitrary: some seconds of a fast model, and a few pictures. */
const maxEvents = 1_000;
const maxSize = 4_000_000;
/** How long a reader may take nothing before its run is left to itself: arbitrary, a long look at something else. */
const absentMs = 10 * 60_000;
/** Nobody waits long for the notes that may follow a `finish`. */
const afterwardsMs = 2_000;
/** When a run that is just being started is asked for again. */
const stillRunningMs = 500;

export function createChannelRun(line: Line, beginning: Beginning, { signal, touchMs }: ChannelRunOptions): ChannelRun {
  const asked = "request" in beginning ? beginning.request : undefined;
  const isResumable = asked?.resumable ?? true;
  const runId = createRunId();
  const queue = createQueue<RunEvent>(onTaken);
  const toRunOp = createRunOp(asked, isResumable);
  let phase: "new" | "live" | "over" = "new";
  let last = 0;
  /** Under which it is heard of on the present socket. */
  let id: string | undefined;
  let isFed = false;
  let wasSent = false;
  let isFinished = false;
  let isCancelled = false;
  let isLeft = false;
  /** Its reader is so far behind that no more is asked for. */
  let isBehind = false;
  let touching: ReturnType<typeof setInterval> | undefined;
  let takenAt = performance.now();

  const run: ChannelRun = {
    get runId() {
      begin();
      return runId.promise;
    },
    read: () => ({
      next() {
        begin();
        return queue.next();
      },
      async return() {
        leave();
        return { done: true, value: undefined };
      },
    }),
    async cancel() {
      if (phase === "new" && asked) return end(cancelled());
      begin();
      if (isLeft && !asked) visit("cancel");
      else stop();
    },
    get isWaiting() {
      return id === undefined && !isFed && !isBehind;
    },
    ask,
    lost() {
      id = undefined;
      isFed = false;
      if (isFinished) setTimeout(over, afterwardsMs);
      if (wasSent && !isResumable)
        end(new ParleyError("connection_failed", "the connection was lost, and this answer was not to outlive it"));
    },
    quit: () => void (asked && stop()),
    end,
    feed: (frame, size) => void (isFed && take(frame, size)),
    fed: () => void (isFed && over()),
  };
  if (!("request" in beginning)) {
    runId.learn(beginning.runId);
    last = beginning.after ?? 0;
    isFed = beginning.isFed ?? false;
    if (isFed) begin();
  }
  return run;

  function begin(): void {
    if (phase !== "new") return;
    phase = "live";
    try {
      if (signal?.aborted) return onAbort();
      if (asked && new TextEncoder().encode(JSON.stringify(toRunOp("x".repeat(16)))).length > maxBytes)
        throw new ParleyError(
          "body_too_large",
          "a channel takes questions of up to 1 MiB: ask this one with client.chat",
        );
      line.add(run);
    } catch (thrown) {
      // What a caller did wrong stays as it is.
      return end(thrown as Error);
    }
    signal?.addEventListener("abort", onAbort);
    ask();
  }

  function ask(): void {
    if (phase !== "live" || id !== undefined || isFed || isBehind || !line.isOpen) return;
    id = line.listen(hear);
    line.send(runId.known === undefined ? toRunOp(id) : { op: "attach", id, run_id: runId.known, after: last });
    wasSent = true;
    if (isCancelled) line.send({ op: "cancel", id });
  }

  function hear(frame: ChannelFrame, size: number): void {
    if ("seq" in frame) take(frame, size);
    else if (frame.type === "accepted") runId.learn(frame.run_id);
    else if (frame.type === "detached") over();
    // That a run could not be cancelled says that it is over, or never was: which, is told by itself.
    else if (frame.type === "refused" && frame.op !== "cancel") refuse(frame.error);
  }

  function take({ id: _, run_id: __, seq, ...event }: EventFrame, size: number): void {
    if (seq <= last || isLeft) return;
    last = seq;
    isFinished ||= event.type === "finish";
    queue.push(event, size);
    if (isResumable && (queue.length >= maxEvents || queue.size >= maxSize)) fallBehind();
  }

  function refuse({ code, message }: RefusedFrame["error"]): void {
    if (isFinished) return over();
    if (code !== "still_running" && code !== "shutting_down") return end(new ParleyError(code, message));
    // It is being started for an op that was sent before; or nothing was, and the next socket's server is another one.
    silence();
    if (code === "still_running") setTimeout(ask, stillRunningMs);
  }

  /** A queue that only grows would end in no memory left; what is not in it yet, the server has. */
  function fallBehind(): void {
    if (id !== undefined) line.send({ op: "detach", id });
    silence();
    isFed = false;
    isBehind = true;
    touching = setInterval(touch, touchMs);
  }

  /** A run that nobody is attached to is ended before long: its reader is still there. */
  function touch(): void {
    if (performance.now() - takenAt > absentMs) forget();
    else visit("detach");
  }

  /** Joins for the moment that it takes. */
  function visit(op: "cancel" | "detach"): void {
    if (!line.isOpen || runId.known === undefined) return;
    const here = line.listen(() => {});
    line.send({ op: "attach", id: here, run_id: runId.known, after: last });
    for (const each of new Set([op, "detach"] as const)) line.send({ op: each, id: here });
    line.unlisten(here);
  }

  function onTaken(): void {
    takenAt = performance.now();
    if (isBehind && queue.length <= maxEvents / 2 && queue.size <= maxSize / 2) catchUp();
  }

  function catchUp(): void {
    isBehind = false;
    clearInterval(touching);
    try {
      line.add(run);
      ask();
    } catch (thrown) {
      end(thrown as Error);
    }
  }

  function onAbort(): void {
    leave(cancelled(signal?.reason));
  }

  /** Nobody reads any more: what was asked for here is cancelled, what was only joined is left. */
  function leave(why?: Error): void {
    if (isLeft || phase === "over") return;
    isLeft = true;
    queue.clear();
    queue.end(why);
    if (phase === "live" && asked && !isFinished) return stop();
    if (id !== undefined) line.send({ op: "detach", id });
    end(why ?? cancelled());
  }

  /** Its end is waited for: where the socket is lost with the op, the next one says it again. */
  function stop(): void {
    if (phase !== "live" || isFinished || isCancelled) return;
    isCancelled = true;
    if (id !== undefined) return line.send({ op: "cancel", id });
    if (asked && !wasSent) return end(cancelled());
    isFed = false;
    if (isBehind) catchUp();
    else ask();
  }

  function over(): void {
    end(isFinished ? undefined : new ParleyError("connection_failed", "the server let go of an answer before its end"));
  }

  function end(why?: Error): void {
    if (phase === "over") return;
    phase = "over";
    silence();
    forget();
    signal?.removeEventListener("abort", onAbort);
    if (why) runId.fail(why);
    queue.end(why);
  }

  function silence(): void {
    line.unlisten(id);
    id = undefined;
  }

  function forget(): void {
    clearInterval(touching);
    line.remove(run);
  }
}

/** A run whose `accepted` was lost may be there: its key finds it. Without one it would be asked, and paid, twice. */
function createRunOp(request: ChatRequest | undefined, isResumable: boolean): (id: string) => RunOp {
  const key = isResumable ? { idempotency_key: createIdempotencyKey() } : {};
  return (id) => ({ op: "run", id, request, ...key });
}
