import type { Answer } from "../../../../dialects/openai/responses/answer.ts";
import type { EventReader } from "../../../../runs/event-log.ts";
import { mapEvents } from "../../../../runs/map-events.ts";

export interface RecordParts {
  readonly answer: Answer;
  /** Before it, nobody is told anything: whoever has seen the id finds the response. */
  readonly isKept: Promise<void>;
  /** Once nothing more comes, and before the last of it is handed on. */
  readonly onEnd: () => Promise<void>;
}

/** The same events, from which an answer is read along. */
export function recordEvents(events: EventReader, { answer, isKept, onEnd }: RecordParts): EventReader {
  let waits = true;
  return mapEvents(
    events,
    (batch) => {
      for (const { event } of batch) answer.add(event);
      if (!waits && !answer.isOver) return batch;
      return isKept.then(async () => {
        waits = false;
        if (answer.isOver) await onEnd();
        return batch;
      });
    },
    onEnd,
  );
}

/** The same events, of which the last are handed on once something else has happened. */
export function holdEnd(events: EventReader, onFinish: () => Promise<void>): EventReader {
  return mapEvents(events, (batch) =>
    batch.some(({ event }) => event.type === "finish") ? onFinish().then(() => batch) : batch,
  );
}
