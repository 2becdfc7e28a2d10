import type { Clock } from "../../lib/clock.ts";
import { arrayAt, isObject, textAt, tryParseJson } from "../../lib/json.ts";
import type { Log } from "../../lib/log.ts";
import type { NumberedEvent } from "../../protocol/events.ts";
import type { CallStates } from "../../store/call-states.ts";
import type { EventReader } from "../../runs/event-log.ts";
import { mapEvents } from "../../runs/map-events.ts";

/**
 * Some vendors sign what a model thought before it called tools, and want it back with their results. Most APIs have no
 * place for it: so it is kept here by the calls, which every API tells of.
 */
export interface CallMemory {
  /** What belongs to the calls in these messages, as a request's `conversation`. */
  recall(owner: string, messages: readonly unknown[]): Record<string, unknown> | undefined;
  /** The same events. Whoever sees the last of them finds what they told kept. */
  keep(owner: string, messages: readonly unknown[], events: EventReader): EventReader;
}

/** How many calls are looked for: the newest. Those before are told of in their states. */
const maxCalls = 200;
/** Longer ones are not kept, in characters. */
const maxStateLength = 1024 * 1024;

export function createCallMemory(table: CallStates, clock: Clock, log: Log): CallMemory {
  return {
    recall(owner, messages) {
      const ids = callIdsOf(messages);
      const states = ids.length === 0 ? [] : table.find(owner, ids).map((state) => tryParseJson(state));
      return states.length === 0 ? undefined : Object.assign({}, ...states.filter(isObject));
    },
    keep(owner, messages, events) {
      let callId: string | undefined;
      let state: Record<string, unknown> | undefined;
      return mapEvents(events, (batch) => {
        const isLast = batch.reduce((last, { event }) => take(event) || last, false);
        return isLast && callId !== undefined && state ? save(callId, state).then(() => batch) : batch;
      });

      function take(event: NumberedEvent["event"]): boolean {
        if (event.type === "tool_calls") callId ??= event.tool_calls.find(({ id }) => id)?.id;
        else if (event.type === "conversation") state = { ...state, ...event.conversation };
        return event.type === "finish";
      }

      async function save(call_id: string, told: Record<string, unknown>): Promise<void> {
        const json = JSON.stringify(told);
        if (json.length > maxStateLength) return;
        await table
          .save({ owner, call_id, state: json }, clock(), callIdsOf(messages))
          .catch((error: unknown) => log.error("what a vendor wants back could not be kept", { error }));
      }
    },
  };
}

function callIdsOf(messages: readonly unknown[]): string[] {
  return messages
    .flatMap((message) => arrayAt(message, "tool_calls").map((call) => textAt(call, "id") ?? ""))
    .filter((id) => id !== "")
    .slice(-maxCalls);
}
