import { Type, type Static } from "@sinclair/typebox";
import { FinishReason, Usage } from "./events.ts";
import { Maybe } from "./maybe.ts";

/**
 * Where a run stands. `interrupted`: the server stopped in the middle of it, and it can be gone on from with
 * `action: "continue"` and its id.
 */
export const RunState = Type.Union(
  [
    Type.Literal("running"),
    Type.Literal("finished"),
    Type.Literal("failed"),
    Type.Literal("cancelled"),
    Type.Literal("interrupted"),
  ],
  { expected: "one of running, finished, failed, cancelled, interrupted" },
);
export type RunState = Static<typeof RunState>;

/** A run as it stands now. Times are ISO 8601, UTC. */
export const RunInfo = Type.Object({
  run_id: Type.String(),
  state: RunState,
  /** Why it ended; null while it has not. */
  reason: Maybe(FinishReason),
  provider: Maybe(Type.String()),
  model: Maybe(Type.String()),
  /** The number of its last event. */
  sequence: Type.Integer({ minimum: 0 }),
  usage: Maybe(Usage),
  chat_id: Maybe(Type.String()),
  /** Whether it outlives the connection that started it. */
  resumable: Type.Boolean(),
  created_at: Type.String(),
  ended_at: Maybe(Type.String()),
});
export type RunInfo = Static<typeof RunInfo>;
