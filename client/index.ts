// Who compiles for older targets has no names for what `using` disposes of.
/// <reference lib="esnext.disposable" preserve="true" />
export { createClient, type Client, type ClientOptions } from "./client.ts";
export type { Fetch } from "./connection.ts";
export type { AttachOptions, Channel, ChannelChatOptions, ChannelOptions } from "./channel.ts";
export type { JoinOptions, Room } from "./room.ts";
export type { ChannelState } from "./sockets.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";
export type { ChatOptions } from "./chat.ts";
export type { Answer } from "./answer.ts";
export {
  isParleyError,
  ParleyError,
  type LimitError,
  type ParleyErrorCode,
  type RefusedError,
  type RunFailedError,
} from "./errors.ts";
export { unwrap, type DataOf } from "./unwrap.ts";
export type { UploadFile, UploadOptions, UploadProgress } from "./upload.ts";
export type { BucketUpload } from "../src/protocol/buckets.ts";
export type { ChannelFrame, ControlFrame, Member, SentOp } from "../src/protocol/channel.ts";
export type { ChatRequest } from "../src/protocol/chat.ts";
export type { ErrorClass, ErrorCode } from "../src/protocol/errors.ts";
export type { EventOf, RunEvent, Usage } from "../src/protocol/events.ts";
