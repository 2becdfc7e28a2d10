import { createCollector } from "../../../dialects/collected.ts";
import { placeCalls, renameCalls, unnamedCalls } from "../../../dialects/ollama/call-places.ts";
import type { Clock } from "../../../lib/clock.ts";
import { textAt, tryParseJson } from "../../../lib/json.ts";
import type { Log } from "../../../lib/log.ts";
import type { AskedMessage } from "../../../protocol/chat.ts";
import type { EventReader } from "../../../runs/event-log.ts";
import { mapEvents } from "../../../runs/map-events.ts";
import type { CallStates } from "../../../store/call-states.ts";

/**
 * What vendors want back with the results of tools is kept by the ids of calls, which clients of this API forget: so the ids
 * are kept as well, by the calls' places, where a vendor wants something back.
 */
export interface CallIds {
  /** The same messages, in which calls have the ids again that their vendor gave them. */
  restore(owner: string, messages: readonly AskedMessage[]): readonly AskedMessage[];
  /** The same events. Whoever sees the last of them finds the ids kept. */
  keep(owner: string, messages: readonly AskedMessage[], events: EventReader): EventReader;
}

/** How many calls are looked for: the newest. */
const maxCalls = 200;

export function createCallIds(table: CallStates, clock: Clock, log: Log): CallIds {
  return {
    restore(owner, messages) {
      const calls = unnamedCalls(messages, maxCalls);
      if (calls.length === 0) return messages;
      const places = calls.map(({ place }) => place);
      const kept = table.find(owner, places).map((state) => tryParseJson(state));
      const idOf = new Map(kept.map((state) => [textAt(state, "place"), textAt(state, "id")]));
      const ids = calls.flatMap(({ id, place }) => {
        const known = idOf.get(place);
        return known === undefined ? [] : [[id, known] as const];
      });
      return renameCalls(messages, new Map(ids));
    },

    keep(owner, messages, events) {
      const collector = createCollector(() => "");
      let isWanted = false;
      return mapEvents(events, (batch) => {
        let isLast = false;
        for (const numbered of batch) {
          const { type } = numbered.event;
          if (type === "tool_calls") collector.add([numbered]);
          else if (type === "conversation") isWanted = true;
          else if (type === "finish") isLast = true;
        }
        return isLast && isWanted ? save().then(() => batch) : batch;
      });

      async function save(): Promise<void> {
        const calls = placeCalls(messages, collector.read().calls);
        const rows = calls.map(({ id, place }) => ({ owner, call_id: place, state: JSON.stringify({ place, id }) }));
        await Promise.all(rows.map((row) => table.save(row, clock(), []))).catch((error: unknown) =>
          log.error("the ids of calls could not be kept", { error }),
        );
      }
    },
  };
}
