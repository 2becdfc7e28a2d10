import type { EventOf, RunEvent } from "../../protocol/events.ts";

/** What is shown while something is waited for. */
export interface News {
  add(event: EventOf<"reasoning">): void;
  /** Nothing more comes. */
  end(): void;
  /** In batches, as it comes, until the end. */
  readonly events: AsyncGenerator<RunEvent[]>;
}

export function createNews(): News {
  let fresh: RunEvent[] = [];
  let isOver = false;
  let coming = Promise.withResolvers<void>();

  return {
    add(event) {
      fresh.push(event);
      coming.resolve();
    },
    end() {
      isOver = true;
      coming.resolve();
    },
    events: read(),
  };

  async function* read(): AsyncGenerator<RunEvent[]> {
    for (;;) {
      await coming.promise;
      coming = Promise.withResolvers();
      const batch = fresh;
      fresh = [];
      if (batch.length > 0) yield batch;
      if (isOver && fresh.length === 0) return;
    }
  }
}
