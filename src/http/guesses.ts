import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import { subscriberOf } from "../lib/ip-address.ts";
import type { Log } from "../lib/log.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Clients } from "./client-address.ts";

/**
 * Slows down who tries keys until one is right, by the address that they ask from. Behind a proxy that is not trusted
 * everybody has the same one: who has a key that nobody could guess is never held back.
 */
export interface Guesses {
  /** Counts a key that is none: the same once more is a mistake, and no guess. Gives all that came from there. */
  countWrong(request: Request, digest: Uint8Array): Wrongs;
  /** Whether a key that could be guessed is not looked at: more were wrong than people type. */
  isGuessing(request: Request): boolean;
}

/** The wrong keys of one address. */
export interface Wrongs {
  /** @throws {ApiError} `rate_limited` where more were wrong than people type, or programs send */
  assertFew(by: keyof typeof most): void;
}

/**
 * Different ones in a minute. Arbitrary: nobody mistypes so often, and nobody finds a key by so few. A program that has a
 * wrong key has the same all the time, but behind one address there may be many of them.
 */
const most = { typed: 10, sent: 100 };
const windowMs = 60_000;
/** Of those that are remembered; who has more of them is not held back by their number. */
const maxAddresses = 4_000;

interface Wrong {
  /** The beginnings of their digests, no more than count. */
  readonly keys: Set<number>;
  readonly until: number;
}

export interface GuessesParts {
  /** One that nobody sets back: an address would be held for as long as it was. */
  readonly clock: Clock;
  /** IPv6 is counted by /64: whoever has one has the whole of it. */
  readonly clients: Pick<Clients, "addressOf">;
  readonly log: Log;
  /** What is tried, in the words of the log: `keys`. */
  readonly what: string;
}

export function createGuesses({ clock, clients, log, what }: GuessesParts): Guesses {
  const wrong = new BoundedMap<string, Wrong>(maxAddresses);
  const find = (address: string) => {
    const found = wrong.get(address);
    return found && found.until > clock() ? found : undefined;
  };
  const addressOf = (request: Request) => subscriberOf(clients.addressOf(request));

  return {
    countWrong(request, digest) {
      const address = addressOf(request);
      const { keys, until } = find(address) ?? { keys: new Set<number>(), until: clock() + windowMs };
      const before = keys.size;
      if (before <= most.sent) keys.add(new DataView(digest.buffer, digest.byteOffset).getUint32(0));
      wrong.set(address, { keys, until });
      // Once a minute, for whoever watches the log and shuts an address out.
      if (before === most.typed && keys.size > before) log.warn(`many wrong ${what} come from an address`, { address });
      return {
        assertFew(by) {
          if (keys.size <= most[by]) return;
          throw new ApiError(
            "rate_limited",
            "too many wrong keys came from your address: wait a minute, and try again",
            { retryAfterMs: until - clock() },
          );
        },
      };
    },
    isGuessing: (request) => (find(addressOf(request))?.keys.size ?? 0) > most.typed,
  };
}
