import { at, type JsonObject } from "../lib/json.ts";
import { oneLine } from "../lib/text.ts";
import { isRequestId, type RequestId, type RpcNotice } from "./json-rpc.ts";

/** Of one notice, in characters. */
const maxMessageLength = 300;

/** `undefined` where no progress was asked for. */
export function readProgressToken(params: JsonObject): RequestId | undefined {
  const token = at(params, "_meta", "progressToken");
  return isRequestId(token) ? token : undefined;
}

/** Tells a client how far its call is, if it wants to know: `progress` counts what it was told, and only rises. */
export function createReport(
  progressToken: RequestId | undefined,
  notify: (notice: RpcNotice) => void,
): (message: string) => void {
  if (progressToken === undefined) return () => {};
  let progress = 0;
  return (message) =>
    notify({
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { progressToken, progress: ++progress, message: oneLine(message, maxMessageLength) },
    });
}
