import type { ApiError } from "../protocol/errors.ts";
import type { NumberedEvent } from "../protocol/events.ts";

/** How an API of others writes an answer while it comes. One for each answer: it knows what it has written. */
export interface Encoder {
  /** What is written of the next events; nothing where there is nothing to be said of them. */
  encode(events: readonly NumberedEvent[]): string;
  /** What is written last where the events can be read no further. */
  encodeFailure(failure: ApiError): string;
}
