import type { Queue } from "./queue.ts";

/** What may wait for a reader, both arbitrary: some seconds of a fast model, and a few pictures. */
const maxEvents = 1_000;
const maxSize = 4_000_000;
/** How long a reader may take nothing before its run is left to itself: arbitrary, a long look at something else. */
const absentMs = 10 * 60_000;

type Backlog = Pick<Queue<unknown>, "length" | "size" | "takenAt">;

/** Whether a reader is so far behind that it is not to be sent more: a queue that only grows would end with no memory left. */
export function isFull({ length, size }: Backlog): boolean {
  return length >= maxEvents || size >= maxSize;
}

/** Whether it may be again. */
export function hasRoom({ length, size }: Backlog): boolean {
  return length <= maxEvents / 2 && size <= maxSize / 2;
}

export function isAbandoned({ takenAt }: Backlog): boolean {
  return performance.now() - takenAt > absentMs;
}
