import type { bearerProtocol, ChannelFrame, channelProtocol, closeCodes } from "../src/protocol/channel.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** Only types may come from the server: that these are its own values, theirs say. */
const protocol: typeof channelProtocol = "backend.v2";
const bearer: typeof bearerProtocol = "bearer.";

/** One WebSocket, from its opening to its loss. */
export interface Socket {
  send(text: string): void;
  /** Nothing is heard of it after that. */
  close(): void;
}

export interface SocketParts {
  readonly WebSocket: WebSocketConstructor;
  /** Of the channel, as http. */
  readonly address: string;
  readonly key: string | undefined;
  /** How long nothing may come: it is asked for a sign of life before, and lost after. */
  readonly silenceMs: number;
  onOpen(): void;
  /** A frame, and how many characters it had. */
  onFrame(frame: ChannelFrame, size: number): void;
  /** Once; 1006 where nobody said why. */
  onLost(code: number, reason: string): void;
}

const abnormal = 1006;
/** An id that nobody listens to. */
const signOfLife = JSON.stringify({ op: "ping" });

export function openSocket({ WebSocket, address, key, silenceMs, ...parts }: SocketParts): Socket {
  const socket = new WebSocket(address.replace(/^http/, "ws"), [protocol, ...(key ? [bearer + encodeKey(key)] : [])]);
  let isOpen = false;
  let isDead = false;
  let isAsked = false;
  let heardAt = performance.now();
  // Asked after two thirds of the time, so that an answer has the rest.
  let timer = setTimeout(watch, (silenceMs * 2) / 3);

  socket.addEventListener("open", () => {
    if (isDead) return;
    isOpen = true;
    hear();
    parts.onOpen();
  });
  socket.addEventListener("message", ({ data }) => {
    const frame = isDead ? undefined : parseFrame(data);
    if (!frame) return;
    hear();
    parts.onFrame(frame, String(data).length);
  });
  // It comes before each `close` that nobody wished for, and says nothing; `ws` wants somebody to listen.
  socket.addEventListener("error", () => {});
  socket.addEventListener("close", ({ code, reason }) => lose(code, reason));

  return {
    send: (text) => socket.send(text),
    close() {
      isDead = true;
      clearTimeout(timer);
      socket.close();
    },
  };

  function hear(): void {
    heardAt = performance.now();
    isAsked = false;
  }

  function watch(): void {
    const silentMs = performance.now() - heardAt;
    const leftMs = (silenceMs * 2) / 3 - silentMs;
    if (leftMs > 0) return wait(leftMs);
    if (isAsked || !isOpen) return lose(abnormal, "");
    isAsked = true;
    socket.send(signOfLife);
    wait(silenceMs / 3);
  }

  function wait(ms: number): void {
    timer = setTimeout(watch, ms);
  }

  function lose(code: number, reason: string): void {
    clearTimeout(timer);
    if (isDead) return;
    isDead = true;
    // Where the other side is silent, its part of a proper end would be waited for.
    socket.close();
    parts.onLost(code, reason);
  }
}

/** A subprotocol holds letters, digits and few signs: `encodeURIComponent` leaves two too many. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

/** The server's own; what is none of its frames is nothing. */
function parseFrame(data: unknown): ChannelFrame | undefined {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null && "type" in frame ? (frame as ChannelFrame) : undefined;
  } catch {
    return undefined;
  }
}

/** Those that mean something here. */
export const keyRefused: typeof closeCodes.keyRefused = 4401;
export const tryAgainLater: typeof closeCodes.tryAgainLater = 1013;
