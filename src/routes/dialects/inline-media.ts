import { mapParallel } from "../../lib/parallel.ts";
import type { NumberedEvent } from "../../protocol/events.ts";
import type { EventReader } from "../../runs/event-log.ts";
import { mapEvents } from "../../runs/map-events.ts";
import { toMediaName } from "../../runs/show-medium.ts";
import type { Services } from "../../services.ts";

/** The same events, in which addresses of the owner's media are `data:` addresses with what lies there. */
export function withBytes(events: EventReader, owner: string, store: Services["store"]): EventReader {
  return mapEvents(events, (batch) => {
    const hasMedia = batch.some(({ event }) => event.type === "content" && (event.urls ?? event.data) !== undefined);
    return hasMedia ? mapParallel(batch, 1, inline) : batch;
  });

  async function inline(numbered: NumberedEvent): Promise<NumberedEvent> {
    const { event } = numbered;
    if (event.type !== "content") return numbered;
    const { urls, data } = event;
    return {
      ...numbered,
      event: {
        ...event,
        ...(urls && { urls: await mapParallel(urls, 1, toDataUrl) }),
        ...(data !== undefined && { data: await toDataUrl(data) }),
      },
    };
  }

  /** What lies elsewhere, or is gone since, stays an address. */
  async function toDataUrl(url: string): Promise<string> {
    const row = await store.media.find(toMediaName(url) ?? "");
    if (row?.owner !== owner) return url;
    const bytes = await Bun.file(store.blobs.path(row.hash))
      .bytes()
      .catch(() => undefined);
    return bytes ? `data:${row.type};base64,${bytes.toBase64()}` : url;
  }
}
