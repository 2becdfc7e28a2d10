import { toApiError } from "../protocol/errors.ts";
import { toFailure } from "../protocol/resources.ts";
import { comments, type EventStreamOptions, eventStreamHeaders, toEventStream } from "./event-stream.ts";

/** A stream of events without names; why it broke off is the last of them. */
export function streamUnnamed(
  events: AsyncIterator<object>,
  connection: Pick<EventStreamOptions<object>, "request" | "server" | "watch">,
): Response {
  const encode = (event: object) => `data: ${JSON.stringify(event)}\n\n`;
  const body = toEventStream(events, {
    ...connection,
    encode,
    encodeFailure: (thrown) => encode(toFailure(toApiError(thrown))),
    ...comments,
  });
  return new Response(body, { headers: eventStreamHeaders });
}
