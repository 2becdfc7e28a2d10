import { ApiError } from "../protocol/errors.ts";
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
  /** No more will come, or none that can be shown: then readers are told why. */
  end(failure?: ApiError): void;
  read(after: number, onReturn: () => void): EventReader;
}

/** Reads events that were released: some of those after a number, none when there are none any more. */
export type ReadBack = (after: number) => Promise<readonly NumberedEvent[]>;

/** @throws {ApiError} `not_found` when what comes next is there no more */
export async function readNext(readBack: ReadBack, after: number): Promise<readonly NumberedEvent[]> {
  const events = await readBack(after);
  if (events[0]?.seq === after + 1) return events;
  throw new ApiError("not_found", "this answer has expired");
}

/** How long a run that can be read back waits for readers that all stand still: arbitrary, as for a socket. */
const patienceMs = 5_000;

/** Where one reader stands. */
interface Place {
  cursor: number;
  isClosed: boolean;
  /** It has not read for so long that the run goes on without it, until it reads again. */
  isGivenUp: boolean;
  stopWaiting: (() => void) | undefined;
}

/**
 * The run goes at the pace of the fastest of its readers: nothing piles up here. With `readBack`, what was released can
 * be read again: any number may read, join at any time and fall behind, and a run with no reader goes on alone.
 * Without, there is one reader, from the beginning.
 */
export function createEventLog(readBack?: ReadBack): EventLog {
  let held: NumberedEvent[] = [];
  let appended = 0;
  let shown = 0;
  let isEnded = false;
  let failure: ApiError | undefined;
  let isWaitedFor = true;
  /** Somebody was waiting for what was shown last. */
  let isReadAlong = false;
  let whenRead: (() => void) | undefined;
  const places = new Set<Place>();
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
      isReadAlong = waiting.size > 0;
      wake();
    },
    room() {
      if (!isWaitedFor || isReadAlong || isAnyoneOnTime()) return undefined;
      return new Promise((resolve) => {
        const timer = readBack && setTimeout(giveUp, patienceMs);
        whenRead = () => {
          clearTimeout(timer);
          whenRead = undefined;
          resolve();
        };
      });
    },
    release,
    letGo() {
      isWaitedFor = false;
      whenRead?.();
    },
    end(why) {
      isEnded = true;
      failure = why;
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
  }

  /** Whether a reader has everything, or there is none that would be waited for. */
  function isAnyoneOnTime(): boolean {
    let isAnyoneThere = readBack === undefined;
    for (const { cursor, isGivenUp } of places) {
      if (cursor >= shown) return true;
      isAnyoneThere ||= !isGivenUp;
    }
    return !isAnyoneThere;
  }

  function giveUp(): void {
    for (const place of places) place.isGivenUp = true;
    whenRead?.();
  }

  function read(after: number, onReturn: () => void): EventReader {
    const place: Place = { cursor: after, isClosed: false, isGivenUp: false, stopWaiting: undefined };
    places.add(place);
    const done = { done: true, value: undefined } as const;
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        place.isGivenUp = false;
        try {
          const events = await take(place);
          if (place.isClosed || events.length === 0) return done;
          advance(place, events.at(-1)!.seq);
          return { done: false, value: events };
        } catch (thrown) {
          leave(place, onReturn);
          throw thrown;
        }
      },
      async return() {
        leave(place, onReturn);
        return done;
      },
    };
  }

  function leave(place: Place, onReturn: () => void): void {
    if (place.isClosed) return;
    place.isClosed = true;
    places.delete(place);
    if (place.stopWaiting) waiting.delete(place.stopWaiting);
    place.stopWaiting?.();
    if (isAnyoneOnTime()) whenRead?.();
    onReturn();
  }

  function advance(place: Place, cursor: number): void {
    place.cursor = cursor;
    if (cursor >= shown) whenRead?.();
  }

  /** What comes after a place, once there is something; nothing at the end. */
  async function take(place: Place): Promise<readonly NumberedEvent[]> {
    for (;;) {
      const { cursor } = place;
      const oldest = held[0]?.seq ?? appended + 1;
      if (readBack && cursor + 1 < oldest) return readNext(readBack, cursor);
      if (cursor < shown) {
        const fresh = held.slice(cursor + 1 - oldest, shown + 1 - oldest);
        if (!readBack) release(shown);
        return fresh;
      }
      if (failure) throw failure;
      if (isEnded || place.isClosed) return [];
      advance(place, cursor);
      await new Promise<void>((resolve) => {
        place.stopWaiting = resolve;
        waiting.add(resolve);
      });
    }
  }
}
