import { assertDepth, isObject, tryParseJson } from "../lib/json.ts";
import { createCheck, explainMismatch } from "../lib/schema.ts";
import { type ChannelOp, channelOps, type ControlFrame } from "../protocol/channel.ts";
import { ApiError } from "../protocol/errors.ts";
import type { NumberedEvent } from "../protocol/events.ts";

const compiled = Object.entries(channelOps).map(([op, schema]) => [op, createCheck(schema)] as const);
const checks = new Map(compiled);
const opNames = [...checks.keys()].join(", ");

/** A frame from below. @throws {ApiError} `invalid_json`, `invalid_request` */
export function parseOp(given: unknown): ChannelOp {
  if (given instanceof Uint8Array) throw new ApiError("invalid_json", "frames are JSON in text, not binary");
  const frame = toValue(given);
  if (!isObject(frame)) throw new ApiError("invalid_json", 'the frame is no JSON object: {"op":"run","id":"1",…}');
  try {
    assertDepth(frame);
  } catch {
    throw new ApiError("invalid_json", "the frame nests deeper than 128 levels");
  }
  const check = typeof frame.op === "string" ? checks.get(frame.op) : undefined;
  if (!check) throw new ApiError("invalid_request", `op: expected one of ${opNames}`);
  if (check.Check(frame)) return frame;
  throw new ApiError("invalid_request", explainMismatch(check, frame, "the frame"));
}

/** Elysia has parsed a text that begins as JSON mostly does; one that begins with a space it has not. */
function toValue(frame: unknown): unknown {
  return typeof frame === "string" ? tryParseJson(frame) : frame;
}

/** What a refusal says of the frame that it refuses. */
export function namesOf(given: unknown): { readonly id: string | null; readonly op: string | null } {
  const frame = toValue(given);
  const short = (value: unknown) => (typeof value === "string" ? value.slice(0, 128) : null);
  return isObject(frame) ? { id: short(frame.id), op: short(frame.op) } : { id: null, op: null };
}

export function encodeFrame(frame: ControlFrame): string {
  return JSON.stringify(frame);
}

/** Writes the events of one run under one id: its three keys stand before the event's own. */
export function eventEncoder(id: string, runId: string): (event: NumberedEvent) => string {
  const begin = `{"id":${JSON.stringify(id)},"run_id":${JSON.stringify(runId)},"seq":`;
  return ({ seq, json }) => `${begin}${seq},${json.slice(1)}`;
}
