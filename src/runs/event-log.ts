import type { NumberedEvent, RunEvent } from "../protocol/events.ts";
import { toNumbered } from "./packing.ts";

/** The events of a run from one place on, in batches; ending the iteration early lets the run go. */
export type EventReader = AsyncIterableIterator<readonly NumberedEvent[]>;

/** The events of one run as they come, numbered, for any number of readers, each at a place of its own. */
export interface EventLog {
  /** The number of the last event that readers may see. */
  readonly sequence: number;
  /** Numbers events and keeps them; readers see them once `show` is called. */
  append(events: readonly RunEvent[]): readonly NumberedEvent[];
  show(): void;
  /** Resolves when more may be appended; `undefined` when that is now. */
  room(): Promise<void> | undefined;
  /** Forgets events up to a number: they are read elsewhere from now on. */
  release(upTo: number): void;
  /** From now on nobody is waited for. */
  letGo(): void;
  /** No more will come. */
  end(): void;
  read(after: number, onReturn: () => void): EventReader;
}

/** Reads events that were released: some of those after a number, none when there are none any more. */
export type ReadBack = (after: number) => Promise<readonly NumberedEvent[]>;

/**
 * With `readBack`, what was released can be read again, so that any number of readers may join at any time and none
 * holds the run back. Without it there is one reader, which is waited for: nothing piles up here.
 */
export function createEventLog(readBack?: ReadBack): EventLog {
  let held: NumberedEvent[] = [];
  let appended = 0;
  let shown = 0;
  let isEnded = false;
  let isWaitedFor = readBack === undefined;
  let whenRead: (() => void) | undefined;
  const waiting = new Set<() => void>();

  return {
    get sequence() {
      return shown;
    },
    append(events) {
      const numbered = events.map((event) => toNumbered(event, ++appended));
      held = held.length === 0 ? numbered : [...held, ...numbered];
      return numbered;
    },
    show() {
      shown = appended;
      wake();
    },
    room() {
      if (!isWaitedFor || held.length === 0) return undefined;
      return new Promise((resolve) => (whenRead = resolve));
    },
    release,
    letGo() {
      isWaitedFor = false;
      whenRead?.();
    },
    end() {
      isEnded = true;
      wake();
    },
    read,
  };

  function wake(): void {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  function release(upTo: number): void {
    const kept = held.findIndex(({ seq }) => seq > upTo);
    held = kept === -1 ? [] : held.slice(kept);
    if (held.length === 0) whenRead?.();
  }

  function read(after: number, onReturn: () => void): EventReader {
    let cursor = after;
    let isClosed = false;
    let stopWaiting: (() => void) | undefined;
    const done = { done: true, value: undefined } as const;
    const give = (value: readonly NumberedEvent[]) => {
      cursor = value.at(-1)?.seq ?? cursor;
      return { done: false, value } as const;
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        while (!isClosed) {
          const oldest = held[0]?.seq ?? appended + 1;
          if (readBack && cursor + 1 < oldest) {
            const events = await readBack(cursor);
            return isClosed || events.length === 0 ? done : give(events);
          }
          if (cursor < shown) {
            const fresh = held.slice(cursor + 1 - oldest, shown + 1 - oldest);
            if (!readBack) release(shown);
            return give(fresh);
          }
          if (isEnded) return done;
          await new Promise<void>((resolve) => waiting.add((stopWaiting = resolve)));
        }
        return done;
      },
      async return() {
        if (isClosed) return done;
        isClosed = true;
        if (stopWaiting) waiting.delete(stopWaiting);
        stopWaiting?.();
        onReturn();
        return done;
      },
    };
  }
}
