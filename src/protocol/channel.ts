import { Type, type Static } from "@sinclair/typebox";
import type { ChatRequest } from "./chat.ts";
import { RunEvent } from "./events.ts";
import { Failure } from "./resources.ts";

/** The frames of the channel, JSON each: `op` on the way up, `type` on the way down. */

/** The subprotocol that a client offers, and the beginning of the one in which a browser brings its key. */
export const channelProtocol = "backend.v2";
export const bearerProtocol = "bearer.";

/** Frames larger than this end the socket (1009). */
export const maxFrameBytes = 1_048_576;

/** Why we close a socket: https://www.iana.org/assignments/websocket/websocket.xhtml, and one of our own. */
export const closeCodes = { goingAway: 1001, tryAgainLater: 1013, keyRefused: 4401 } as const;

const FrameId = Type.String({
  minLength: 1,
  maxLength: 128,
  expected: "a string of 1 to 128 characters, your own and unique among what is open on this socket",
});
const Text = Type.String({ expected: "a string" });

/**
 * Starts a run; `request` is the body of `POST /conversation`. It is resumable unless the request says otherwise. With an
 * `idempotency_key` it always is, and is started once: the same request under the same key, over whatever socket, joins the
 * run that there is, for 24 hours.
 */
export const RunOp = Type.Object({
  op: Type.Literal("run"),
  id: FrameId,
  request: Type.Unknown(),
  idempotency_key: Type.Optional(
    Type.String({
      pattern: "^[!-~]{1,255}$",
      expected: "1 to 255 letters, digits and signs of ASCII, without spaces",
    }),
  ),
});

/** Joins a run: what came after the event numbered `after`, then live. */
export const AttachOp = Type.Object({
  op: Type.Literal("attach"),
  id: FrameId,
  run_id: Text,
  after: Type.Optional(Type.Integer({ minimum: 0, expected: "the number of the last event that you have" })),
});

/** Stops listening, not the run. */
export const DetachOp = Type.Object({ op: Type.Literal("detach"), id: FrameId });

/** Stops the run that this id listens to; its last events still come. */
export const CancelOp = Type.Object({ op: Type.Literal("cancel"), id: FrameId });

/** Enters the room of a chat: who is there, and every run in it. `name` is what the others see. */
export const JoinOp = Type.Object({
  op: Type.Literal("join"),
  id: FrameId,
  chat_id: Text,
  name: Type.Optional(
    Type.Union([Type.String({ maxLength: 64 }), Type.Null()], { expected: "a name of at most 64 characters, or null" }),
  ),
});
/** Leaves the room that this id has entered. */
export const LeaveOp = Type.Object({ op: Type.Literal("leave"), id: FrameId });
/** Asks whether anybody is there. */
export const PingOp = Type.Object({ op: Type.Literal("ping"), id: Type.Optional(FrameId) });

export const channelOps = {
  run: RunOp,
  attach: AttachOp,
  detach: DetachOp,
  cancel: CancelOp,
  join: JoinOp,
  leave: LeaveOp,
  ping: PingOp,
} as const;
/** What is sent over the channel, told apart by `op`. */
export const ChannelOp = Type.Union(Object.values(channelOps));
export type ChannelOp = Static<typeof ChannelOp>;

/** The same as those who send write it: whoever is sent a `request` has it still to judge. */
export type SentOp =
  Exclude<ChannelOp, { op: "run" }> | (Omit<Static<typeof RunOp>, "request"> & { request: ChatRequest });

const MaybeId = Type.Union([Type.String(), Type.Null()]);

/** A run was started or joined under this id; in a room, for each of its runs. Its events follow. */
export const AcceptedFrame = Type.Object({ id: Type.String(), type: Type.Literal("accepted"), run_id: Type.String() });

/** What REST would answer with a 4xx or 5xx; `id` and `op` are null where the frame had none. */
export const RefusedFrame = Type.Object({
  id: MaybeId,
  type: Type.Literal("refused"),
  op: MaybeId,
  error: Failure.properties.error,
});
export type RefusedFrame = Static<typeof RefusedFrame>;

/** Nothing more comes of this run under this id: it is over, or it was left. The id of a run is free again. */
export const DetachedFrame = Type.Object({ id: Type.String(), type: Type.Literal("detached"), run_id: Type.String() });

/** One of those in a room. */
export const Member = Type.Object({ member_id: Type.String(), name: Type.Union([Type.String(), Type.Null()]) });
export type Member = Static<typeof Member>;

/** How many members a room's frame names at most; `count` tells of all. */
export const maxNamedMembers = 100;

/** Who is in a room: once it is entered, and whenever that changes. `you` is this socket's `member_id`. */
export const RoomFrame = Type.Object({
  id: Type.String(),
  type: Type.Literal("room"),
  chat_id: Type.String(),
  you: Type.String(),
  members: Type.Array(Member, { maxItems: maxNamedMembers }),
  count: Type.Integer({ minimum: 1 }),
});
/** The room was left: nothing more comes under this id. */
export const LeftFrame = Type.Object({ id: Type.String(), type: Type.Literal("left") });
/** Somebody is. */
export const PongFrame = Type.Object({ id: MaybeId, type: Type.Literal("pong") });

/** An event of a run, with three keys more. */
export const EventFrame = Type.Intersect([
  Type.Object({ id: Type.String(), run_id: Type.String(), seq: Type.Integer({ minimum: 1 }) }),
  RunEvent,
]);
export type EventFrame = Static<typeof EventFrame>;

/** Everything beside the events. */
export const ControlFrame = Type.Union([AcceptedFrame, RefusedFrame, DetachedFrame, RoomFrame, LeftFrame, PongFrame]);
export type ControlFrame = Static<typeof ControlFrame>;

/** What comes over the channel, told apart by `type`. */
export const ChannelFrame = Type.Union([ControlFrame, EventFrame]);
export type ChannelFrame = Static<typeof ChannelFrame>;
