import { Type, type Static } from "@sinclair/typebox";

/** One event of `GET /backend-api/v2/stream-test`. */
export const StreamTestBeat = Type.Object({
  /** From 1. */
  n: Type.Integer({ minimum: 1 }),
  /** When it was sent, in milliseconds since the first. */
  ms: Type.Integer({ minimum: 0 }),
});
export type StreamTestBeat = Static<typeof StreamTestBeat>;

/** How many there are, and the pause between two. */
export const streamTestBeats = 6;
export const streamTestPauseMs = 300;
