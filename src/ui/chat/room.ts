import { useEffect } from "react";
import type { Room } from "../../../client/index.ts";
import { channel, useConnection } from "../state/channel.ts";
import { refreshChat } from "./chat-data.ts";
import { follow, forgetEnded } from "./followed.ts";
import { pause } from "./pause.ts";

/** A chat that somebody looks at, or did a moment ago. */
interface Entered {
  visitors: number;
  room: Room | undefined;
}

const entered = new Map<string, Entered>();
/** Both arbitrary: who comes back at once finds everything there, and a server that is away is not asked without a pause. */
const leaveMs = 3_000;
const againMs = 1_000;

// What began and ended while there was no connection, no room tells.
useConnection.subscribe(({ state }, before) => {
  if (state === "open" && before.state !== "open") for (const chatId of entered.keys()) void refreshChat(chatId);
});

/** Every run of a chat is followed while the chat is shown, whoever asked, from its beginning. */
export function useRoom(chatId: string | undefined): void {
  useEffect(() => {
    if (chatId === undefined) return;
    return enterRoom(chatId);
  }, [chatId]);
}

/** Gives what leaves it again. */
export function enterRoom(chatId: string): () => void {
  const here = entered.get(chatId) ?? { visitors: 0, room: undefined };
  here.visitors++;
  if (!entered.has(chatId)) {
    entered.set(chatId, here);
    void stay(chatId, here);
  }
  return () =>
    void setTimeout(() => {
      if (--here.visitors > 0) return;
      entered.delete(chatId);
      here.room?.leave();
      forgetEnded(chatId);
    }, leaveMs);
}

async function stay(chatId: string, here: Entered): Promise<void> {
  while (here.visitors > 0) {
    try {
      here.room = channel().join(chatId);
      // Nobody waits for it.
      here.room.entered.catch(() => {});
      for await (const answer of here.room)
        void follow(answer, chatId).then(() => entered.has(chatId) || forgetEnded(chatId));
    } catch {
      // The channel was closed, or the server cannot be reached: it is entered again.
    }
    await pause(againMs);
  }
}
