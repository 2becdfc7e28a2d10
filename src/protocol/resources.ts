import { Type, type Static } from "@sinclair/typebox";
import { errorCodes, type ErrorCode } from "./errors.ts";

/** The body of every refusal, on every route. */
export const Failure = Type.Object({
  error: Type.Object({
    message: Type.String(),
    code: Type.Unsafe<ErrorCode>({ type: "string", enum: Object.keys(errorCodes) }),
  }),
});
export type Failure = Static<typeof Failure>;

/** Health probe of existing clients; `latest_version` equals `version` while nobody asked for an update check. */
export const Version = Type.Object({ version: Type.String(), latest_version: Type.String() });
export type Version = Static<typeof Version>;

/** Whether the process answers at all. */
export const Liveness = Type.Object({ status: Type.Literal("ok") });
