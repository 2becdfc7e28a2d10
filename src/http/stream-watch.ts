import { lookNowAndThen } from "../lib/now-and-then.ts";
import { ApiError } from "../protocol/errors.ts";
import type { Access } from "./access.ts";

/** Streams live for longer than keys and sessions may: whose caller may ask no more is ended. */
export interface StreamWatch extends Disposable {
  /** Calls `end`, once, when the caller of a request may not stay; gives what forgets it. */
  watch(request: Request, end: (why: ApiError) => void): () => void;
  /** Asks about all of them now, as it does twice a minute. */
  askAll(): Promise<void>;
}

const askAgainMs = 30_000;

export function createStreamWatch(access: Pick<Access, "find" | "again">): StreamWatch {
  const streams = new Map<Request, (why: ApiError) => void>();
  const asking = lookNowAndThen(streams, ask, askAgainMs);

  return {
    watch(request, end) {
      // What is published for strangers needs nobody to be known.
      if (!access.find(request)) return () => {};
      streams.set(request, end);
      return () => void streams.delete(request);
    },
    askAll: asking.now,
    [Symbol.dispose]: () => asking[Symbol.dispose](),
  };

  function ask([request, end]: readonly [Request, (why: ApiError) => void]): void {
    if (access.again(request)) return;
    streams.delete(request);
    end(new ApiError("access_denied", "the key was revoked or has expired, or the session has ended"));
  }
}
