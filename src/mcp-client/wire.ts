import type { JsonObject } from "../lib/json.ts";

/** How messages go to a server and come from it: over a program's input and output, or over HTTP. */
export interface Wire extends AsyncDisposable {
  /**
   * Sends a message. It resolves when the program has taken it; over HTTP when all has come that is sent in answer to it.
   *
   * @throws {ApiError} where it cannot be sent, or what follows it ends without its answer; the reason of `signal`
   */
  send(message: JsonObject, signal: AbortSignal): Promise<void>;
  /** Takes what the server and we have agreed upon, which every further message says. */
  agreeOn(version: string): void;
  /** Why nothing can be sent any more, in words; it resolves when that is so. */
  readonly ended: Promise<string>;
}

/** Why a wire has ended whose server was started anew: whoever asks again is answered. */
export const forgotten = "it knows our session no more";

/** What a wire needs to know of who listens. */
export interface WireParts {
  readonly receive: (message: JsonObject) => void;
  /** What a person may want to know of what comes and is no message. */
  readonly note: (log: string) => void;
}

/** Longest message, in bytes: room for a picture, not for a flood. Arbitrary. */
export const maxMessageLength = 10 * 1024 * 1024;
