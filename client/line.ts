import type { ChannelFrame, ChannelOp } from "../src/protocol/channel.ts";
import type { ParleyError } from "./errors.ts";

/** What answers, rooms and pings need of the channel that carries them. */
export interface Line {
  readonly isOpen: boolean;
  /** Hears what comes under an id of its own, which ends with the socket. */
  listen(hear: (frame: ChannelFrame, size: number) => void): string;
  /** What still comes under it is dropped. */
  unlisten(id: string | undefined): void;
  send(op: ChannelOp): void;
  /** Carries something over all sockets until it is removed. It is ended at once with `too_many_runs`, or why the channel ended. */
  add(carried: Carried): void;
  remove(carried: Carried): void;
}

/** What wants something of every socket. */
export interface Carried {
  /** Whether it can do nothing without one. */
  readonly isWaiting: boolean;
  /** Says what it wants, if it has not said so on this socket. */
  ask(): void;
  /** The socket is gone, and all ids with it. */
  lost(): void;
  /** The channel is being closed: what the server is still to be told is told, and answered before this removes itself. */
  quit(why: ParleyError): void;
  /** Nothing more comes, and why. */
  end(why: ParleyError): void;
}
