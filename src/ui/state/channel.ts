import { type Channel, type ChannelState } from "../../../client/index.ts";
import { create } from "zustand";
import { client } from "./client.ts";
import { noticeRefusal } from "./queries.ts";

/** Whether the server can be reached, as the one socket of this page knows it. */
export const useConnection = create<{ readonly state: ChannelState }>(() => ({ state: "connecting" }));

let open: Channel | undefined;

/** The one socket of this page: opened with the first question, and made anew by itself whenever it is lost. */
export function channel(): Channel {
  return (open ??= client.channel({
    onState(state, why) {
      useConnection.setState({ state });
      noticeRefusal(why);
    },
  }));
}

/** For the next to be opened by somebody else: after signing in and out. */
export function closeChannel(): void {
  void open?.close();
  open = undefined;
}
