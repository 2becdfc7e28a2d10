import type { ChannelFrame, EventFrame, RefusedFrame } from "../src/protocol/channel.ts";
import type { RunEvent } from "../src/protocol/events.ts";
import type { AnswerSource } from "./answer.ts";
import { createAttachment } from "./attachment.ts";
import { hasRoom, isAbandoned, isFull } from "./backlog.ts";
import { cancelled } from "./connection.ts";
import { ParleyError } from "./errors.ts";
import type { Carried, Line } from "./line.ts";
import { afterwardsMs } from "./patience.ts";
import { createQueue } from "./queue.ts";
import { createRunId } from "./run-id.ts";
import { assertFits, type Beginning, createRunOp } from "./run-op.ts";

/** One run of a channel: asked for or joined, and joined again on every other socket, behind the last event that came. */
export interface ChannelRun extends AnswerSource, Carried {
  /** An event that came under the id of a room. */
  feed(frame: EventFrame, size: number): void;
  /** The room has shown all of it. */
  fed(): void;
}

export interface ChannelRunOptions {
  readonly signal?: AbortSignal | undefined;
  /** How often the server hears of a run whose reader is behind. */
  readonly touchMs: number;
}

/** When a run that is just being started is asked for again. */
const stillRunningMs = 500;

export function createChannelRun(line: Line, beginning: Beginning, { signal, touchMs }: ChannelRunOptions): ChannelRun {
  const asked = "request" in beginning ? createRunOp(beginning.request) : undefined;
  const joined = "request" in beginning ? undefined : beginning;
  const isResumable = !("request" in beginning) || (beginning.request.resumable ?? true);
  const runId = createRunId();
  const queue = createQueue<RunEvent>(onTaken);
  const attachment = createAttachment(line, asked, hear);
  let phase: "new" | "live" | "over" = "new";
  let last = joined?.after ?? 0;
  let isFed = joined?.isFed ?? false;
  let isFinished = false;
  let isCancelled = false;
  let isLeft = false;
  /** Its reader is so far behind that no more is asked for. */
  let isBehind = false;
  let touching: ReturnType<typeof setInterval> | undefined;

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
      if (isLeft && !asked) attachment.visit(runId.known, last, "cancel");
      else stop();
    },
    get isWaiting() {
      return !attachment.isThere && !isFed && !isBehind;
    },
    ask,
    lost() {
      attachment.end();
      isFed = false;
      if (isFinished) setTimeout(over, afterwardsMs);
      if (attachment.wasSent && !isResumable)
        end(new ParleyError("connection_failed", "the connection was lost, and this answer was not to outlive it"));
    },
    quit: leave,
    end,
    feed: (frame, size) => void (isFed && take(frame, size)),
    fed: () => void (isFed && over()),
  };
  if (joined) runId.learn(joined.runId);
  if (isFed) begin();
  return run;

  function begin(): void {
    if (phase !== "new") return;
    phase = "live";
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) return onAbort();
    try {
      if (asked) assertFits(asked);
    } catch (thrown) {
      // What a caller did wrong stays as it is.
      return end(thrown as Error);
    }
    line.add(run);
    ask();
  }

  function ask(): void {
    if (phase !== "live" || attachment.isThere || isFed || isBehind || !line.isOpen) return;
    attachment.begin(runId.known, last, isCancelled);
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
    if (isResumable && isFull(queue)) fallBehind();
  }

  function refuse({ code, message }: RefusedFrame["error"]): void {
    if (isFinished) return over();
    if (code !== "still_running" && code !== "shutting_down") return end(new ParleyError(code, message));
    // It is being started for an op that was sent before; or nothing was, and the next socket's server is another one.
    attachment.end();
    if (code === "still_running") setTimeout(ask, stillRunningMs);
  }

  /** What is not in the queue by now, the server has. */
  function fallBehind(): void {
    attachment.say("detach");
    attachment.end();
    isFed = false;
    isBehind = true;
    touching = setInterval(touch, touchMs);
  }

  /** A run that nobody is attached to is ended before long: its reader is still there. */
  function touch(): void {
    if (!isAbandoned(queue)) return attachment.visit(runId.known, last);
    clearInterval(touching);
    line.remove(run);
  }

  function onTaken(): void {
    if (isBehind && hasRoom(queue)) catchUp();
  }

  function catchUp(): void {
    isBehind = false;
    clearInterval(touching);
    line.add(run);
    ask();
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
    attachment.say("detach");
    end(why ?? cancelled());
  }

  /** Its end is waited for: where the socket is lost with the op, the next one says it again. */
  function stop(): void {
    if (phase !== "live" || isFinished || isCancelled) return;
    isCancelled = true;
    if (attachment.isThere) return attachment.say("cancel");
    if (asked && !attachment.wasSent) return end(cancelled());
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
    attachment.end();
    clearInterval(touching);
    line.remove(run);
    signal?.removeEventListener("abort", onAbort);
    if (why) runId.fail(why);
    queue.end(why);
  }
}
