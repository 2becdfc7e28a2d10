import type { EventReader } from "./event-log.ts";

/**
 * What comes of reading a run's events, for as long as somebody waits for it: where the signal aborts, or the reading
 * fails, their reader leaves, which ends a run that nobody else may read.
 */
export async function attended<T>(events: EventReader, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  const leave = () => void events.return?.();
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  try {
    return await read();
  } catch (thrown) {
    leave();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
