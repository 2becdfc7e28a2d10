import type { Answer } from "../../../dialects/openai/responses/answer.ts";
import type { NumberedEvent } from "../../../protocol/events.ts";
import type { EventReader } from "../../../runs/event-log.ts";

export interface RecordParts {
  readonly answer: Answer;
  /** Before it, nobody is told anything: whoever has seen the id finds the response. */
  readonly isKept: Promise<void>;
  /** Once nothing more comes, and before the last of it is handed on. */
  readonly onEnd: () => Promise<void>;
}

/** The same events, from which an answer is read along. */
export function recordEvents(events: EventReader, { answer, isKept, onEnd }: RecordParts): EventReader {
  return watchEvents(events, {
    async onBatch(batch) {
      for (const { event } of batch) answer.add(event);
      await isKept;
      if (answer.isOver) await onEnd();
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
    async next() {
      const read = await events.next();
      await (read.done ? onEnd?.() : onBatch(read.value));
      return read;
    },
    async return() {
      await events.return?.();
      await onEnd?.();
      return { done: true, value: undefined };
    },
  };
}
