import type { BucketProgress } from "../protocol/buckets.ts";

/** What goes on in one upload, told to whoever watches. */
export interface Progress {
  /** Of a document: its own size. */
  tell(event: BucketProgress): void;
  /** With what it failed with, if it did. */
  end(failure?: unknown): void;
  /** From its beginning to its end. @throws what it failed with */
  watch(signal: AbortSignal): AsyncGenerator<BucketProgress>;
}

export function createProgress(): Progress {
  const events: BucketProgress[] = [];
  let end: { readonly failure?: unknown } | undefined;
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
    end(failure) {
      end ??= failure === undefined ? {} : { failure };
      wake();
    },
    async *watch(signal) {
      const { promise: left, resolve: leave } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => leave(), { once: true });
      for (let next = 0; !signal.aborted;) {
        yield* events.slice(next);
        next = events.length;
        if (end && "failure" in end) throw end.failure;
        if (end) return;
        await Promise.race([news.promise, left]);
      }
    },
  };
}
