import { type Collected, createCollector } from "../../dialects/collected.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { EventOf } from "../../protocol/events.ts";
import { attended } from "../../runs/attended.ts";
import type { EventReader } from "../../runs/event-log.ts";
import { cancellation } from "../../runs/live-run.ts";

/** More of an answer is not held in memory, in characters. */
const maxLength = 4 * 1024 * 1024;

/** All that an answer says. @throws {ApiError} what it failed with; `cancelled`; `upstream_failed` for one that does not end */
export async function readCollected(
  events: EventReader,
  signal: AbortSignal,
  toText: (event: EventOf<"content">) => string,
): Promise<Collected> {
  const collector = createCollector(toText);
  await attended(events, signal, async () => {
    for await (const batch of events) {
      collector.add(batch);
      if (collector.length > maxLength)
        throw new ApiError("upstream_failed", `the answer did not end within ${maxLength} characters`);
    }
  });
  const collected = collector.read();
  if (collected.failure) throw collected.failure;
  if (collected.reason === undefined || collected.reason === "cancelled") throw cancellation();
  return collected;
}
