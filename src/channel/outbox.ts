import { closeCodes } from "../protocol/channel.ts";

/** A WebSocket as this folder needs it. */
export interface Socket {
  /** The bytes written; -1 when some wait to be; 0 when there was no place for them to wait. */
  send(text: string): number;
  /** How many bytes wait to be written. */
  buffered(): number;
  /** Writes what `send` is given meanwhile at once. */
  cork(send: () => void): void;
  close(code: number, reason: string): void;
}

/** What goes down one socket. */
export interface Outbox {
  /** Sends at once, or has it wait where it can. */
  send(text: string): void;
  /** Sends what `next` gives, until that is `undefined` or the other side has to read before more is sent. */
  sendFrom(next: () => string | undefined): void;
  /** Resolves when the other side has read, or is gone; `undefined` when more can be sent now. */
  whenReady(): Promise<void> | undefined;
  /** To be called when the socket has written what waited. */
  drained(): void;
  /** The socket is gone. */
  close(): void;
}

/**
 * How long a reader may take nothing at all while something waits for it: arbitrary. The system tells of what was taken
 * in lumps, of a megabyte where connections are fast: a slow one may seem to stand still for many seconds.
 */
const usualStallMs = 15_000;
const mostCheckMs = 1_000;

/**
 * A slow reader is waited for; one that has stopped reading is closed (1013), and finds its runs where it left them.
 * Nothing is left out: what finds no place closes the socket as well.
 */
export function createOutbox(socket: Socket, stallMs = usualStallMs): Outbox {
  let blocked: Blockage | undefined;
  let isClosed = false;

  return {
    send,
    sendFrom(next) {
      socket.cork(() => {
        for (let text = next(); text !== undefined; text = blocked ? undefined : next()) send(text);
      });
      // What was corked has not said whether it had to wait.
      if (!isClosed && socket.buffered() > 0) blocked ??= watch();
    },
    whenReady: () => blocked?.over.promise,
    drained() {
      if (socket.buffered() === 0) unblock();
    },
    close() {
      isClosed = true;
      unblock();
    },
  };

  function send(text: string): void {
    if (isClosed) return;
    const sent = socket.send(text);
    if (sent === 0) return socket.close(closeCodes.tryAgainLater, "too much waits to be read; attach again");
    if (blocked) blocked.pushed += Buffer.byteLength(text);
    else if (sent === -1) blocked = watch();
  }

  function unblock(): void {
    clearInterval(blocked?.timer);
    blocked?.over.resolve();
    blocked = undefined;
  }

  function watch(): Blockage {
    const over = Promise.withResolvers<void>();
    let taken = -Infinity;
    let since = 0;
    const timer = setInterval(
      () => {
        const now = here.pushed - socket.buffered();
        if (now > taken) since = performance.now();
        else if (performance.now() - since >= stallMs)
          socket.close(closeCodes.tryAgainLater, "nothing was read for too long; attach again");
        taken = Math.max(taken, now);
      },
      Math.min(mostCheckMs, stallMs / 5),
    );
    const here: Blockage = { over, timer, pushed: 0 };
    return here;
  }
}

interface Blockage {
  readonly over: PromiseWithResolvers<void>;
  readonly timer: Timer;
  /** Bytes that were sent since it began. */
  pushed: number;
}
