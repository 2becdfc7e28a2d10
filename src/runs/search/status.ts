import type { EventOf } from "../../protocol/events.ts";

/** What is going on, for people who wait. */
export function toStatus(status: string): EventOf<"reasoning"> {
  return { type: "reasoning", token: null, status };
}

export const searchingStatus = toStatus("Searching the web");
/** It ends a spinner. */
export const noStatus = toStatus("");
