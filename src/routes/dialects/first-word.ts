import { fromFailureEvent } from "../../protocol/failure-event.ts";
import type { EventOf, NumberedEvent, RunEvent } from "../../protocol/events.ts";
import { attended } from "../../runs/attended.ts";
import type { EventReader } from "../../runs/event-log.ts";
import { cancellation } from "../../runs/live-run.ts";

type Batch = readonly NumberedEvent[];
type Failure = EventOf<"error"> | EventOf<"auth">;

/** Reads until there is something to be said. @throws {ApiError} what it failed with before; `cancelled` */
export async function whenBegun(events: EventReader, signal: AbortSignal): Promise<AsyncIterator<Batch>> {
  const held: NumberedEvent[] = [];
  await attended(events, signal, async () => {
    for (let hasBegun = false; !hasBegun;) {
      const { done, value } = await events.next();
      if (done) throw cancellation();
      held.push(...value);
      const first = value.find(({ event }) => isFailure(event) || isWord(event))?.event;
      if (first && isFailure(first)) throw fromFailureEvent(first);
      hasBegun = first !== undefined;
    }
  });
  let isFirst = true;
  return {
    next() {
      if (!isFirst) return events.next();
      isFirst = false;
      return Promise.resolve({ done: false, value: held });
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}

function isFailure(event: RunEvent): event is Failure {
  return event.type === "error" || event.type === "auth";
}

/** An answer that says nothing begins with its end. */
function isWord(event: RunEvent): boolean {
  switch (event.type) {
    case "content":
    case "preview":
    case "tool_calls":
    case "finish":
      return true;
    case "reasoning":
      return Boolean(event.token);
    default:
      return false;
  }
}
