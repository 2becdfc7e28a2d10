import type { ChannelFrame } from "../src/protocol/channel.ts";
import { apiPath, type Connection, toParleyError } from "./connection.ts";
import { ParleyError } from "./errors.ts";
import { createPatience, unreachedMs } from "./patience.ts";
import { keyRefused, openSocket, type Socket, tryAgainLater } from "./socket.ts";
import { until } from "./until.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** `connecting` until it was open once; `reconnecting` whenever that is over; `closed` for good. */
export type ChannelState = "connecting" | "open" | "reconnecting" | "closed";

/** One socket after the other, each made anew when it is lost. */
export interface Sockets {
  readonly state: ChannelState;
  /** Only while it is open. */
  send(text: string): void;
  /** There will be no other; what comes on the one there is is still heard, until it is hung up. */
  close(): void;
  hangUp(): void;
}

export interface SocketsParts {
  readonly connection: Connection;
  readonly WebSocket: WebSocketConstructor;
  readonly silenceMs: number;
  /** How long what waits for a socket may wait, counted from the loss of the last. */
  readonly giveUpAfterMs: number;
  onOpen(): void;
  onFrame(frame: ChannelFrame, size: number): void;
  onLost(): void;
  /** What waits is to wait no longer, though it is tried on. */
  onUnreachable(why: ParleyError): void;
  /** There will be no other: the server does not want to. */
  onRefused(why: ParleyError): void;
  onState(state: ChannelState, why?: ParleyError): void;
}

const path = `${apiPath}/channel`;
/** Told to come again later, whatever that means. */
const laterMs = 1_000;

export function openSockets({ connection, WebSocket, silenceMs, giveUpAfterMs, ...parts }: SocketsParts): Sockets {
  const patience = createPatience();
  const ending = new AbortController();
  const { signal } = ending;
  let state: ChannelState = "connecting";
  let wasOpen = false;
  let socket: Socket | undefined;
  let lostAt: number | undefined = performance.now();
  void keepOpen();

  return {
    get state() {
      return state;
    },
    send: (text) => socket?.send(text),
    close: () => end(),
    hangUp() {
      socket?.close();
      socket = undefined;
    },
  };

  async function keepOpen(): Promise<void> {
    while (!signal.aborted) {
      const why = await connect().catch((thrown: unknown) => toParleyError(thrown));
      if (signal.aborted) return;
      if (isFinal(why)) {
        end(why);
        return parts.onRefused(why);
      }
      lostAt ??= performance.now();
      const limitMs = wasOpen ? giveUpAfterMs : Math.min(giveUpAfterMs, unreachedMs);
      if (performance.now() - lostAt >= limitMs) parts.onUnreachable(why);
      await patience.wait(why, Infinity, signal).catch(() => {});
    }
  }

  /** One socket, from first to last: gives why there is none, or none any more. */
  async function connect(): Promise<ParleyError> {
    const key = await connection.key();
    let isOpened = false;
    const loss = await new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
      if (signal.aborted) return;
      socket = openSocket({
        WebSocket,
        address: connection.base + path,
        key,
        silenceMs,
        onOpen() {
          isOpened = wasOpen = true;
          lostAt = undefined;
          become("open");
          parts.onOpen();
        },
        onFrame(frame, size) {
          // Not as it opens: what opens and is lost at once would be tried without a pause.
          patience.renew();
          parts.onFrame(frame, size);
        },
        onLost(code, reason) {
          socket = undefined;
          if (isOpened) become("reconnecting");
          parts.onLost();
          resolve({ code, reason });
        },
      });
    });
    if (!isOpened) return learnWhy();
    // Keys change: what gives them may have another one by now.
    if (loss.code === keyRefused && (await connection.key()) === key)
      return new ParleyError("access_denied", loss.reason, { status: 401 });
    return new ParleyError("connection_failed", loss.reason || "the connection was lost", {
      ...(loss.code === tryAgainLater && { retryAfterMs: laterMs }),
    });
  }

  /** A page is not told why a socket is refused: the same address, asked without one, says it. */
  async function learnWhy(): Promise<ParleyError> {
    const asking = new AbortController();
    try {
      await until(connection.request(path, { signal: asking.signal }), { signal, ms: silenceMs });
      return new ParleyError("unexpected_answer", "what answers at this address is no Parley server");
    } catch (thrown) {
      const why = toParleyError(thrown);
      if (why.code !== "upgrade_required") return why;
      return new ParleyError(
        "connection_failed",
        "the server answers, but no WebSocket reaches it: a proxy before it has to pass them on",
      );
    } finally {
      // One that nobody waits for any more would keep a program from ending.
      asking.abort();
    }
  }

  function end(why?: ParleyError): void {
    if (signal.aborted) return;
    ending.abort();
    become("closed", why);
  }

  function become(next: ChannelState, why?: ParleyError): void {
    if (state === next || state === "closed") return;
    state = next;
    parts.onState(next, why);
  }
}

/** Whether it will be the same however often it is asked. What stands before a server that is away says anything. */
function isFinal({ code, status, isRetryable }: ParleyError): boolean {
  if (isRetryable || code === "unexpected_answer") return false;
  // What never left has no status: it is wrong here.
  return (status >= 400 && status < 500) || code === "invalid_request";
}
