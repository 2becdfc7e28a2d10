import { maxNamedMembers, type Member } from "../protocol/channel.ts";
import type { Run } from "./live-run.ts";

/** Somebody in a room, and what to tell them. */
export interface Visitor {
  readonly member: Member;
  /** Some of those who are there, and how many they are. */
  onMembers(members: readonly Member[], count: number): void;
  onRun(run: Run): void;
}

/** Those who watch the same chat. */
export interface Rooms {
  /** Gives what leaves the room again. */
  join(owner: string, chatId: string, visitor: Visitor): () => void;
  /** Shows a run to everybody in its chat's room. */
  announce(run: Run): void;
}

interface Room {
  readonly visitors: Set<Visitor>;
  isChanged: boolean;
}

export function createRooms(): Rooms {
  const rooms = new Map<string, Room>();

  return {
    join(owner, chatId, visitor) {
      const key = keyOf(owner, chatId);
      const room = rooms.get(key) ?? { visitors: new Set(), isChanged: false };
      rooms.set(key, room);
      room.visitors.add(visitor);
      visitor.onMembers(named(room), room.visitors.size);
      tell(room);
      return () => {
        room.visitors.delete(visitor);
        if (room.visitors.size === 0) rooms.delete(key);
        tell(room);
      };
    },
    announce(run) {
      if (run.chatId === null) return;
      for (const visitor of rooms.get(keyOf(run.owner, run.chatId))?.visitors ?? []) visitor.onRun(run);
    },
  };

  /** Everybody is told of everybody: the more there are, the more changes are told at once. */
  function tell(room: Room): void {
    if (room.isChanged) return;
    room.isChanged = true;
    setTimeout(() => {
      room.isChanged = false;
      const members = named(room);
      for (const visitor of room.visitors) visitor.onMembers(members, room.visitors.size);
    }, room.visitors.size);
  }

  function named(room: Room): Member[] {
    return [...room.visitors].slice(0, maxNamedMembers).map(({ member }) => member);
  }
}

/** The same chat id of two owners is two chats. */
function keyOf(owner: string, chatId: string): string {
  return JSON.stringify([owner, chatId]);
}
