import type { NumberedEvent } from "../protocol/events.ts";
import type { EventReader } from "./event-log.ts";

type Batch = readonly NumberedEvent[];

/**
 * The same events, each batch as `change` hands it on: what it awaits is waited for, and what it does not costs nothing.
 *
 * @param onEnd once no more is read, as there is no more or the reader has left. May be called twice
 */
export function mapEvents(
  events: EventReader,
  change: (batch: Batch) => Batch | Promise<Batch>,
  onEnd?: () => Promise<void> | undefined,
): EventReader {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () =>
      events.next().then((read) => {
        if (read.done) return onEnd?.()?.then(() => read) ?? read;
        const changed = change(read.value);
        if (changed instanceof Promise) return changed.then((value) => ({ done: false, value }));
        return changed === read.value ? read : { done: false, value: changed };
      }),
    async return() {
      await events.return?.();
      await onEnd?.();
      return { done: true, value: undefined };
    },
  };
}
