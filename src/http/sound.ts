import type { Log } from "../lib/log.ts";
import { ApiError, toApiError } from "../protocol/errors.ts";
import { type Connection, idleSeconds } from "./body.ts";

/** Bytes as they come, and what they are. */
export interface Sound {
  readonly mime: string;
  readonly bytes: AsyncGenerator<Uint8Array, void>;
  /** When it aborts the sound is broken off. */
  readonly signal: AbortSignal;
}

export interface SoundContext extends Connection {
  readonly log: Log;
  readonly headers: Readonly<Record<string, string>>;
  /** How long a listener may take nothing, in milliseconds. A player that pauses takes nothing, too. */
  readonly stallMs?: number;
}

/** The type of sound, with its parameters; anything else that an upstream calls it is not repeated. */
const soundType = /^audio\/[\w.+-]+( *; *[\w-]+=[\w.-]+)*$/;

/**
 * Sound as a response. The next piece is asked for when the listener has taken the last. What fails breaks the
 * connection, so that nobody takes a part for the whole.
 */
export function streamSound(sound: Sound, context: SoundContext): Response {
  const { mime, bytes, signal } = sound;
  const { request, server, log, headers, stallMs = 300_000 } = context;
  let stall: Timer | undefined;
  let isOver = false;
  // How long a listener may take nothing has a limit of its own.
  server?.timeout(request, 0);

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const breakOff = () => leave(controller);
      if (signal.aborted) breakOff();
      else signal.addEventListener("abort", breakOff, { once: true });
    },
    async pull(controller) {
      clearTimeout(stall);
      try {
        const { done, value } = await bytes.next();
        if (isOver) return;
        if (!done) {
          controller.enqueue(value);
          stall = setTimeout(leave, stallMs, controller);
          return;
        }
        isOver = true;
        server?.timeout(request, idleSeconds);
        controller.close();
      } catch (thrown) {
        if (isOver) return;
        isOver = true;
        if (toApiError(thrown).reason === "internal") log.error("speech failed inside the server", { error: thrown });
        controller.error(thrown);
      }
    },
    cancel: () => leave(),
  });

  return new Response(body, {
    headers: { "content-type": soundType.test(mime) ? mime : "application/octet-stream", ...headers },
  });

  /** Ends the upstream's work as well. */
  function leave(controller?: ReadableStreamDefaultController): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(stall);
    controller?.error(new ApiError("cancelled", "broken off"));
    bytes.return().catch(() => {});
  }
}
