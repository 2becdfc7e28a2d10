import type { BucketProgress } from "../protocol/buckets.ts";

/** What goes on in one upload, told to whoever watches. */
export interface Progress {
  /** Of a document: its own size. */
  tell(event: BucketProgress): void;
  end(): void;
  /** From its beginning to its end. */
  watch(signal: AbortSignal): AsyncGenerator<BucketProgress>;
}

export function createProgress(): Progress {
  const events: BucketProgress[] = [];
  let isOver = false;
  let news = Promise.withResolvers<void>();

  const wake = () => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };

  return {
    tell(event) {
      events.push(event);
      wake();
    },
    end() {
      isOver = true;
      wake();
    },
    async *watch(signal) {
      const { promise: left, resolve: leave } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => leave(), { once: true });
      for (let next = 0; !signal.aborted;) {
        yield* events.slice(next);
        next = events.length;
        if (isOver) return;
        await Promise.race([news.promise, left]);
      }
    },
  };
}
