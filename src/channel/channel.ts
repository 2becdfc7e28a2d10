import { within } from "../lib/deadline.ts";
import type { Log } from "../lib/log.ts";
import type { Caller } from "../protocol/caller.ts";
import { closeCodes } from "../protocol/channel.ts";
import type { Rooms } from "../runs/rooms.ts";
import type { Runs } from "../runs/runs.ts";
import type { Socket } from "./outbox.ts";
import { createSession, type Session } from "./session.ts";

/** Every socket that is open. */
export interface Channel {
  open(socket: Socket, caller: Caller): Session;
  /** Waits until what was said has been sent, at most `ms`, and tells every client that the server goes away (1001). */
  close(ms: number): Promise<void>;
}

export interface ChannelParts {
  readonly runs: Runs;
  readonly rooms: Rooms;
  readonly log: Log;
}

export function createChannel(parts: ChannelParts): Channel {
  const sessions = new Map<Socket, Session>();

  return {
    open(socket, caller) {
      const session = createSession({ ...parts, socket, caller });
      sessions.set(socket, session);
      return {
        ...session,
        close() {
          sessions.delete(socket);
          session.close();
        },
      };
    },
    async close(ms) {
      await within(Promise.all([...sessions.values()].map((session) => session.whenSent())), ms);
      for (const socket of sessions.keys()) socket.close(closeCodes.goingAway, "the server is stopping; connect again");
    },
  };
}
