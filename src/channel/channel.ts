import { createAtOnce } from "../lib/at-once.ts";
import { within } from "../lib/deadline.ts";
import type { Log } from "../lib/log.ts";
import { lookNowAndThen } from "../lib/now-and-then.ts";
import type { Caller } from "../protocol/caller.ts";
import { closeCodes } from "../protocol/channel.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Rooms } from "../runs/rooms.ts";
import type { Runs } from "../runs/runs.ts";
import type { StartOnce } from "../runs/start-once.ts";
import type { Socket } from "./outbox.ts";
import { createSession, type Session } from "./session.ts";

/** Every socket that is open. */
export interface Channel {
  /** Before a socket is opened. @throws {ApiError} `overloaded`, `too_many_connections` */
  assertRoom(caller: Caller): void;
  /** How many are open. */
  readonly count: number;
  /**
   * Closed (4401) once the caller may not stay: `again` is asked at every frame, and twice a minute, for keys are given
   * other limits, too, while a socket is open.
   */
  open(socket: Socket, caller: Caller, again: () => Caller | undefined): Session;
  /** Waits until what was said has been sent, at most `ms`, and tells every client that the server goes away (1001). */
  close(ms: number): Promise<void>;
}

export interface ChannelParts {
  readonly runs: Runs;
  readonly rooms: Rooms;
  readonly startOnce: StartOnce;
  readonly maxSockets: number;
  readonly maxSocketsPerKey: number;
  readonly log: Log;
  readonly askAgainMs?: number;
  readonly stallMs?: number | undefined;
}

/** When another socket may be tried: until then some will have gone. */
const retryAfterMs = 5000;

export function createChannel({ maxSockets, maxSocketsPerKey, askAgainMs = 30_000, ...parts }: ChannelParts): Channel {
  const sessions = new Map<Socket, Open>();
  const ofKeys = createAtOnce();
  const asking = lookNowAndThen(sessions, ([socket, { mayStay }]) => stays(socket, mayStay), askAgainMs);

  return {
    assertRoom({ keyId }) {
      if (sessions.size >= maxSockets)
        throw new ApiError("overloaded", `${maxSockets} sockets are open already; try again in a moment`, {
          retryAfterMs,
        });
      if (keyId !== null && ofKeys.of(keyId) >= maxSocketsPerKey)
        throw new ApiError(
          "too_many_connections",
          `this key has ${maxSocketsPerKey} sockets open: close one, or send more over each`,
          { retryAfterMs },
        );
    },
    get count() {
      return sessions.size;
    },
    open(socket, caller, again) {
      let current = caller;
      const mayStay = () => {
        const found = again();
        if (found) current = found;
        return found !== undefined;
      };
      const session = createSession({ ...parts, socket, caller: () => current });
      sessions.set(socket, { session, mayStay });
      const leave = ofKeys.enter(caller.keyId);
      return {
        ...session,
        async receive(frame) {
          if (stays(socket, mayStay)) await session.receive(frame);
        },
        close() {
          if (sessions.delete(socket)) leave();
          session.close();
        },
      };
    },
    async close(ms) {
      asking[Symbol.dispose]();
      await within(Promise.all([...sessions.values()].map(({ session }) => session.whenSent())), ms);
      for (const socket of sessions.keys()) socket.close(closeCodes.goingAway, "the server is stopping; connect again");
    },
  };
}

interface Open {
  readonly session: Session;
  readonly mayStay: () => boolean;
}

function stays(socket: Socket, mayStay: () => boolean): boolean {
  if (mayStay()) return true;
  socket.close(closeCodes.keyRefused, "the access key was revoked, or has expired");
  return false;
}
