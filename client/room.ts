import type { ChannelFrame, Member } from "../src/protocol/channel.ts";
import { type Answer, createAnswer } from "./answer.ts";
import { type ChannelRun, createChannelRun } from "./channel-run.ts";
import { cancelled } from "./connection.ts";
import { createDeferred } from "./deferred.ts";
import { ParleyError } from "./errors.ts";
import type { Carried, Line } from "./line.ts";
import { createQueue } from "./queue.ts";

/**
 * Those who watch the same chat, and every run in it, whoever asked, from its beginning: an iterable of answers, each to be
 * read beside the others. To leave one early only stops watching it; its `cancel()` stops it for everybody. What is not
 * taken is dropped, the oldest first, once a hundred answers wait.
 *
 * It is entered again with each new socket, and answers that were running go on where they were. Leaving the loop leaves the
 * room.
 *
 * @example
 * const room = channel.join("chat-1", { name: "Ann" });
 * for await (const answer of room) void show(answer);
 */
export interface Room extends AsyncIterable<Answer, void, undefined>, Disposable {
  readonly chatId: string;
  /** Resolves once it was entered for the first time. @throws {ParleyError} where it is refused */
  readonly entered: Promise<void>;
  /** Who is there, as far as is known: a hundred of them at most, while `count` tells of all. None before it is entered. */
  readonly members: readonly Member[];
  readonly count: number;
  /** Which of them you are; another one after a connection was lost. */
  readonly you: string | undefined;
  leave(): void;
}

export interface JoinOptions {
  /** What the others see, of at most 64 characters. */
  readonly name?: string | undefined;
  /** Called whenever who is there may have changed. */
  readonly onMembers?: (room: Room) => void;
  /** Aborting it leaves. */
  readonly signal?: AbortSignal | undefined;
}

/** How many answers may wait to be taken, arbitrary. */
const maxWaiting = 100;

export function openRoom(line: Line, chatId: string, { name, onMembers, signal }: JoinOptions, touchMs: number): Room {
  const answers = createQueue<Answer>();
  /** The ids of runs that the room has shown, so that none is shown anew when it is entered again. */
  const shown = new Set<string>();
  /** What comes under the room's own id. The others have fallen behind, or were lost, and go on by themselves. */
  const feeding = new Map<string, ChannelRun>();
  let id: string | undefined;
  let members: readonly Member[] = [];
  let count = 0;
  let you: string | undefined;
  let isOver = false;
  const { promise: entered, resolve: enter, reject: fail } = createDeferred<void>();

  const carried: Carried = {
    // Whoever was in waits until there is a socket again, however long that is.
    get isWaiting() {
      return you === undefined;
    },
    ask() {
      if (isOver || id !== undefined || !line.isOpen) return;
      id = line.listen(hear);
      line.send({ op: "join", id, chat_id: chatId, ...(name !== undefined && { name }) });
    },
    lost() {
      id = undefined;
      feeding.clear();
    },
    quit: leave,
    end,
  };
  const room: Room = {
    chatId,
    entered,
    get members() {
      return members;
    },
    get count() {
      return count;
    },
    get you() {
      return you;
    },
    leave,
    [Symbol.asyncIterator]: () => ({
      next: () => answers.next(),
      async return() {
        leave();
        return { done: true, value: undefined };
      },
    }),
    [Symbol.dispose]: leave,
  };

  signal?.addEventListener("abort", leave);
  if (signal?.aborted) leave();
  else line.add(carried);
  carried.ask();
  return room;

  function hear(frame: ChannelFrame, size: number): void {
    if ("seq" in frame) return feeding.get(frame.run_id)?.feed(frame, size);
    switch (frame.type) {
      case "room":
        ({ members, count, you } = frame);
        enter();
        return onMembers?.(room);
      case "accepted":
        return show(frame.run_id);
      case "detached":
        feeding.get(frame.run_id)?.fed();
        feeding.delete(frame.run_id);
        return void shown.delete(frame.run_id);
      case "refused":
        if (frame.op === "join") end(new ParleyError(frame.error.code, frame.error.message));
    }
  }

  function show(runId: string): void {
    if (shown.has(runId)) return;
    shown.add(runId);
    const run = createChannelRun(line, { runId, isFed: true }, { touchMs });
    feeding.set(runId, run);
    answers.push(createAnswer(run));
    if (answers.length > maxWaiting) answers.drop();
  }

  function leave(): void {
    if (isOver) return;
    if (id !== undefined) line.send({ op: "leave", id });
    for (const run of feeding.values()) run.end(cancelled());
    end();
  }

  function end(why?: Error): void {
    if (isOver) return;
    isOver = true;
    line.unlisten(id);
    line.remove(carried);
    signal?.removeEventListener("abort", leave);
    answers.end(why);
    fail(why ?? cancelled());
  }
}
