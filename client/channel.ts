import type { ChannelFrame } from "../src/protocol/channel.ts";
import type { ChatRequest } from "../src/protocol/chat.ts";
import { type Answer, createAnswer } from "./answer.ts";
import { createChannelRun } from "./channel-run.ts";
import type { Connection } from "./connection.ts";
import { createDeferred } from "./deferred.ts";
import { ParleyError } from "./errors.ts";
import type { Carried, Line } from "./line.ts";
import { usualGiveUpMs, usualSilenceMs } from "./patience.ts";
import { ping } from "./ping.ts";
import { type JoinOptions, openRoom, type Room } from "./room.ts";
import type { Beginning } from "./run-op.ts";
import { type ChannelState, openSockets } from "./sockets.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/**
 * One WebSocket that carries many answers. It is made anew whenever it is lost, for as long as the channel is open, and what
 * it carried goes on: each event comes once, in order, and no question is asked twice.
 */
export interface Channel extends Disposable, AsyncDisposable {
  readonly state: ChannelState;
  /**
   * Asks, as `client.chat` does. An answer whose reader is a thousand events behind is not sent more until it has caught up,
   * so that it holds up no other; with `resumable: false`, where that cannot be done, all of it waits here, and a lost
   * connection ends it.
   */
  chat(request: ChatRequest, options?: ChannelChatOptions): Answer;
  /** Joins a run that there is. Leaving its loop early leaves it, and only `cancel()` stops it. */
  attach(runId: string, options?: AttachOptions): Answer;
  /** Enters the room of a stored chat. */
  join(chatId: string, options?: JoinOptions): Room;
  /** How many milliseconds the server takes to answer. @throws {ParleyError} `connection_failed` where it cannot be reached */
  ping(): Promise<number>;
  /**
   * Cancels the answers that were asked for here and are still coming, leaves what was joined, and ends for good: whoever
   * still reads is thrown `cancelled`. A page or program that ends without it leaves its answers to the server, which goes
   * on with them for a minute, where it was not told otherwise: so long they can be attached to. Resolves when the server has
   * heard of it, or could not be told within a second.
   */
  close(): Promise<void>;
}

export interface ChannelOptions {
  /** Aborting it closes the channel. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each new state, and with what ended the channel where that was not you. */
  readonly onState?: (state: ChannelState, why?: ParleyError) => void;
  /**
   * How long answers wait for a lost connection to be made anew before they are ended with `connection_failed`, in
   * milliseconds; 60,000 if it is not said, as long as a server usually keeps an answer going that nobody reads. A server
   * that was never reached is waited for 5,000. The channel itself goes on trying.
   */
  readonly giveUpAfterMs?: number;
  /** After how many milliseconds without a sign of life a connection is lost; 30,000 if it is not said. */
  readonly silenceMs?: number;
}

export interface ChannelChatOptions {
  /** Aborting it cancels the run, and whoever reads is thrown `cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

export interface AttachOptions {
  /** The number of the last event that you have; from the beginning if it is not said. */
  readonly after?: number | undefined;
  /** Aborting it leaves the run, and whoever reads is thrown `cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

/** What is to be cancelled is said before a socket is closed, and a socket that is closed at once may take it along. */
const lastWordsMs = 1_000;
/** As many ids as the server has open on a socket. */
const maxCarried = 1_000;

/** @throws {ParleyError} `not_offered` where there is no WebSocket */
export function openChannel(
  connection: Connection,
  given: WebSocketConstructor | undefined,
  { signal, onState = () => {}, giveUpAfterMs = usualGiveUpMs, silenceMs = usualSilenceMs }: ChannelOptions = {},
): Channel {
  const WebSocket = given ?? (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket;
  if (!WebSocket)
    throw new ParleyError(
      "not_offered",
      'this runtime has no WebSocket: hand one over, createClient(origin, { WebSocket }), such as that of the package "ws"',
    );
  const touchMs = silenceMs / 3;
  const carrying = new Set<Carried>();
  const listening = new Map<string, (frame: ChannelFrame, size: number) => void>();
  let ids = 0;
  let ended: ParleyError | undefined;
  let late: ReturnType<typeof setTimeout> | undefined;
  const { promise: hungUp, resolve: tellHungUp } = createDeferred<void>();

  const sockets = openSockets({
    connection,
    WebSocket,
    silenceMs,
    giveUpAfterMs,
    // In the order in which they came: a room shows its runs before they go on by themselves.
    onOpen: () => carrying.forEach((each) => each.ask()),
    onFrame: (frame, size) => listening.get(frame.id ?? "")?.(frame, size),
    onLost() {
      listening.clear();
      for (const each of carrying) each.lost();
      if (ended) hangUp();
    },
    onUnreachable(why) {
      for (const each of carrying) if (each.isWaiting) each.end(why);
    },
    onRefused: refused,
    // On its own, so that what it throws is nobody else's.
    onState: (...change) => queueMicrotask(() => onState(...change)),
  });
  const line: Line = {
    get isOpen() {
      return sockets.state === "open";
    },
    listen(hear) {
      const id = `c${++ids}`;
      listening.set(id, hear);
      return id;
    },
    unlisten: (id) => void (id !== undefined && listening.delete(id)),
    send: (op) => sockets.send(JSON.stringify(op)),
    add(carried) {
      const isTooMuch = carrying.size >= maxCarried && !carrying.has(carried);
      if (ended) carried.end(ended);
      else if (isTooMuch)
        carried.end(new ParleyError("too_many_runs", `a channel carries at most ${maxCarried} at once`));
      else carrying.add(carried);
    },
    remove(carried) {
      carrying.delete(carried);
      if (ended && carrying.size === 0) hangUp();
    },
  };
  const onAbort = () => void close();
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted) onAbort();

  return {
    get state() {
      return sockets.state;
    },
    chat: (request, options) => answer({ request }, options),
    attach: (runId, { after, signal } = {}) => answer({ runId, after }, { signal }),
    join: (chatId, options = {}) => openRoom(line, chatId, options, touchMs),
    ping: () => ping(line),
    close,
    [Symbol.dispose]: onAbort,
    [Symbol.asyncDispose]: close,
  };

  function answer(beginning: Beginning, options: ChannelChatOptions = {}): Answer {
    return createAnswer(createChannelRun(line, beginning, { ...options, touchMs }));
  }

  function close(): Promise<void> {
    if (ended) return hungUp;
    const why = new ParleyError("cancelled", "the channel was closed");
    for (const each of carrying) each.quit(why);
    end(why);
    sockets.close();
    if (carrying.size === 0) hangUp();
    else late = setTimeout(hangUp, lastWordsMs);
    return hungUp;
  }

  function refused(why: ParleyError): void {
    end(why);
    for (const each of carrying) each.end(why);
    hangUp();
  }

  function end(why: ParleyError): void {
    ended = why;
    signal?.removeEventListener("abort", onAbort);
  }

  function hangUp(): void {
    clearTimeout(late);
    sockets.hangUp();
    // What the server could not be told in time is over here all the same: nobody may wait for it.
    if (ended) for (const each of carrying) each.end(ended);
    tellHungUp();
  }
}
