import { hexDigestOf } from "../../lib/digest.ts";
import { isObject } from "../../lib/json.ts";
import type { AskedMessage } from "../../protocol/chat.ts";
import type { CollectedCall } from "../collected.ts";
import { toArguments } from "./lines.ts";
import { isUnnamed } from "./messages.ts";

/**
 * Few clients of this API keep the ids of calls, and some order what stands in their arguments anew. What a call says, which
 * one it is after the user's last words, and those words tell it again: its place.
 */
export interface PlacedCall {
  readonly id: string;
  readonly place: string;
}

/** The newest calls in messages that came without an id, `wanted` at most. */
export function unnamedCalls(messages: readonly AskedMessage[], wanted: number): PlacedCall[] {
  const found: (() => PlacedCall)[] = [];
  let toPlace = createPlaces(undefined);
  let count = 0;
  for (const { role, content, tool_calls } of messages) {
    if (role === "user") [toPlace, count] = [createPlaces(content), 0];
    for (const {
      id = "",
      function: { name = "", arguments: json = "" },
    } of tool_calls ?? []) {
      const [place, at] = [toPlace, ++count];
      if (isUnnamed(id)) found.push(() => ({ id, place: place(at, name, json) }));
    }
  }
  return found.slice(-wanted).map((read) => read());
}

/** The calls of an answer to these messages. */
export function placeCalls(messages: readonly AskedMessage[], calls: readonly CollectedCall[]): PlacedCall[] {
  const start = messages.findLastIndex(({ role }) => role === "user");
  const before = messages.slice(start + 1).reduce((sum, { tool_calls }) => sum + (tool_calls?.length ?? 0), 0);
  const toPlace = createPlaces(messages[start]?.content);
  return calls.map(({ id, name, arguments: json }, index) => ({ id, place: toPlace(before + index + 1, name, json) }));
}

/** The same messages, with other ids for some calls and their results. */
export function renameCalls(messages: readonly AskedMessage[], ids: ReadonlyMap<string, string>): AskedMessage[] {
  return messages.map((message) => {
    const { tool_calls, tool_call_id } = message;
    const renamed = tool_calls?.map((call) => ({ ...call, id: ids.get(call.id ?? "") ?? call.id ?? "" }));
    const answered = ids.get(tool_call_id ?? "");
    return { ...message, ...(renamed && { tool_calls: renamed }), ...(answered && { tool_call_id: answered }) };
  });
}

/** The places of the calls after a question, which may hold pictures: it is read once, and only where one is asked for. */
function createPlaces(question: AskedMessage["content"]): (count: number, name: string, json: string) => string {
  let asked: string | undefined;
  return (count, name, json) => {
    asked ??= hexDigestOf(JSON.stringify(question ?? ""));
    return `place:${hexDigestOf(JSON.stringify([asked, count, name, inOrder(toArguments(json))]))}`;
  };
}

/** Objects with their keys in the order of the alphabet. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return keys.map((key) => [key, inOrder(value[key])]);
}
