import type { Config } from "./config/load.ts";
import { createIncoming, type Incoming } from "./http/incoming.ts";
import { createShedding, type Shedding } from "./http/shedding.ts";
import type { Log } from "./lib/log.ts";
import { openPressure, type Pressure, type Readings } from "./lib/pressure.ts";
import { usualMaxMemory } from "./lib/readings.ts";

/** What there is room for: what comes in, and what is refused lest the server break down. */
export interface RoomServices {
  readonly incoming: Incoming;
  readonly pressure: Pressure;
  readonly shedding: Shedding;
}

export interface RoomServicesParts {
  readonly config: Config;
  /** How many answers are being produced. */
  readonly countRuns: () => number;
  /** What the process takes of its machine. */
  readonly readings: Readings;
  /** Closes the connections that nobody uses. */
  readonly closeIdle: () => void;
  readonly log: Log;
}

/** Uploads that may come in at once, arbitrary: each takes a file of `max_upload` bytes, and little memory. */
const maxUploads = 200;
const maxUploadsPerKey = 50;

/** What an upload, and an answer, holds in memory: two blocks; what waits for its readers, and its question. Arbitrary. */
const uploadBytes = 512 * 1024;
const runBytes = 4 * 1024 * 1024;

export function openRoomServices({ config, countRuns, readings, closeIdle, log }: RoomServicesParts): RoomServices {
  const maxMemory = config.max_memory || usualMaxMemory();
  const incoming = createIncoming({ maxHeldBytes: maxMemory / 4, maxUploads, maxUploadsPerKey });
  const pressure = openPressure({
    maxBytes: maxMemory,
    isIdle: () => workBytes() < maxMemory / 20,
    onDescriptors: closeIdle,
    log,
    readings,
  });
  return { incoming, pressure, shedding: createShedding(pressure) };

  /** What the work under way may hold, at most: somebody who asks little, and slowly, must not be taken for a load. */
  function workBytes(): number {
    return incoming.heldBytes + incoming.uploads * uploadBytes + countRuns() * runBytes;
  }
}
