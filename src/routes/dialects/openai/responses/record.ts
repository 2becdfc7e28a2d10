import type { Answer } from "../../../../dialects/openai/responses/answer.ts";
import type { NumberedEvent } from "../../../../protocol/events.ts";
import type { EventReader } from "../../../../runs/event-log.ts";

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
  return watchEvents(events, {
    onBatch(batch) {
      for (const { event } of batch) answer.add(event);
      if (!waits) return answer.isOver ? onEnd() : undefined;
      return isKept.then(() => {
        waits = false;
        return answer.isOver ? onEnd() : undefined;
      });
    },
    onEnd,
  });
}

/** The same events, of which the last are handed on once something else has happened. */
export function holdEnd(events: EventReader, onFinish: () => Promise<void>): EventReader {
  return watchEvents(events, {
    onBatch: (batch) => (batch.some(({ event }) => event.type === "finish") ? onFinish() : undefined),
  });
}

interface Watching {
  /** Before a batch is handed on. */
  readonly onBatch: (batch: readonly NumberedEvent[]) => Promise<void> | undefined;
  /** No more is read: there is no more, or the reader has left. May be called twice. */
  readonly onEnd?: () => Promise<void>;
}

function watchEvents(events: EventReader, { onBatch, onEnd }: Watching): EventReader {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () =>
      events.next().then((read) => {
        const wait = read.done ? onEnd?.() : onBatch(read.value);
        return wait ? wait.then(() => read) : read;
      }),
    async return() {
      await events.return?.();
      await onEnd?.();
      return { done: true, value: undefined };
    },
  };
}
