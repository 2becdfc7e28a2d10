import { Type, type Static } from "@sinclair/typebox";
import { type ApiError, errorCodes, type ErrorCode } from "./errors.ts";

/** The body of every refusal, on every route. */
export const Failure = Type.Object({
  error: Type.Object({
    message: Type.String(),
    code: Type.Unsafe<ErrorCode>(Type.Union(Object.keys(errorCodes).map((code) => Type.Literal(code)))),
  }),
});
export type Failure = Static<typeof Failure>;

type Codes = typeof errorCodes;
/** Every status that a refusal can have. */
export type FailureStatus = Codes[ErrorCode]["status"];

/** A failure with that status, and so with one of the codes that have it. */
export interface Refusal<Status extends FailureStatus> {
  error: { message: string; code: { [C in ErrorCode]: Codes[C]["status"] extends Status ? C : never }[ErrorCode] };
}

/** What is said where there is nothing to be said but that it is done. */
export const Done = Type.Object({ message: Type.String() });

/** What a caller is told of an error. */
export function toFailure({ message, reason }: ApiError): Failure {
  return { error: { message, code: reason } };
}

/** Health probe of existing clients; `latest_version` equals `version` while nobody asked for an update check. */
export const Version = Type.Object({ version: Type.String(), latest_version: Type.String() });
export type Version = Static<typeof Version>;

/** Whether the process answers at all, or takes new work. */
export const Liveness = Type.Object({ status: Type.Literal("ok") });

/** What a medium is. */
export const MediaKind = Type.Union([Type.Literal("image"), Type.Literal("audio"), Type.Literal("video")], {
  expected: "image, audio or video",
});
export type MediaKind = Static<typeof MediaKind>;

/** A medium that a search has found. */
export const MediaResult = Type.Object({
  name: Type.String(),
  url: Type.String(),
  /** null where it is no picture. */
  thumbnail: Type.Union([Type.String(), Type.Null()]),
  type: Type.String(),
  /** In pixels, where they are known. */
  width: Type.Union([Type.Integer(), Type.Null()]),
  height: Type.Union([Type.Integer(), Type.Null()]),
  /** Seconds since 1970. */
  created: Type.Integer(),
  /** The higher, the better among those that hold as many of the terms. */
  score: Type.Number(),
});
/** A medium that is kept. */
export const KeptMedium = Type.Object({
  name: Type.String(),
  url: Type.String(),
  /** null where it is no picture. */
  thumbnail: Type.Union([Type.String(), Type.Null()]),
  type: Type.String(),
  bytes: Type.Integer(),
  /** In pixels, where they are known. */
  width: Type.Union([Type.Integer(), Type.Null()]),
  height: Type.Union([Type.Integer(), Type.Null()]),
  /** What was asked for, and who made it; empty where that is not known. */
  prompt: Type.String(),
  model: Type.String(),
  provider: Type.String(),
  /** Seconds since 1970. */
  created: Type.Integer(),
});
export type KeptMedium = Static<typeof KeptMedium>;
/** Media; `total` counts those of all pages, and `next` is the `cursor` of the page that follows. */
export const KeptMedia = Type.Object({
  total: Type.Integer(),
  media: Type.Array(KeptMedium),
  next: Type.Union([Type.String(), Type.Null()]),
});
/** The media that a search has found, the best first; `total` counts all of them. */
export const MediaList = Type.Object({ total: Type.Integer(), results: Type.Array(MediaResult) });
