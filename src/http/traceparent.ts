import type { TraceParent } from "../protocol/caller.ts";

/** Later versions may add to it behind another dash: https://www.w3.org/TR/trace-context/#traceparent-header */
const pattern = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** Longer ones are no extension of anybody's; arbitrary. */
const maxLength = 256;

/** Where the caller traces what is asked; `undefined` where nothing, or nothing sensible, says so. */
export function readTraceparent(request: Request): TraceParent | undefined {
  const given = request.headers.get("traceparent");
  if (given === null || given.length > maxLength) return undefined;
  const [, version, traceId, spanId, flags = "", more] = pattern.exec(given) ?? [];
  if (traceId === undefined || spanId === undefined || (version === "00" && more !== undefined)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
