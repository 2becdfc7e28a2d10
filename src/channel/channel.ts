import type { Log } from "../lib/log.ts";
import { closeCodes } from "../protocol/channel.ts";
import type { Rooms } from "../runs/rooms.ts";
import type { Runs } from "../runs/runs.ts";
import type { Socket } from "./outbox.ts";
import { createSession, type Session } from "./session.ts";

/** Every socket that is open. */
export interface Channel {
  open(socket: Socket, owner: string): Session;
  /** Tells every client that the server goes away (1001). */
  close(): void;
}

export interface ChannelParts {
  readonly runs: Runs;
  readonly rooms: Rooms;
  readonly log: Log;
}

export function createChannel(parts: ChannelParts): Channel {
  const sockets = new Set<Socket>();

  return {
    open(socket, owner) {
      sockets.add(socket);
      const session = createSession({ ...parts, socket, owner });
      return {
        ...session,
        close() {
          sockets.delete(socket);
          session.close();
        },
      };
    },
    close() {
      for (const socket of sockets) socket.close(closeCodes.goingAway, "the server is stopping; connect again");
    },
  };
}
