import { parentPort } from "node:worker_threads";
import { codeOf } from "./error-code.ts";

/** Both ends of a thread of our own, which is asked and answers. What is asked and answered must survive being posted. */
export interface Thread<Asked, Answer> {
  /** @throws {ThreadError} what was thrown there; any other error where the thread is no more */
  ask(asked: Asked): Promise<Answer>;
  /** What it was still asked fails with the reason. */
  end(reason: Error): void;
}

interface Question<Asked> {
  readonly id: number;
  readonly asked: Asked;
}

interface Reply<Answer> {
  readonly id: number;
  readonly answer?: Answer;
  readonly failure?: Failure;
}

interface Failure {
  readonly message: string;
  /** Such as `SQLITE_BUSY`; empty where there is none. */
  readonly code: string;
}

/** What was thrown in a thread. */
export class ThreadError extends Error {
  readonly code: string;

  constructor({ message, code }: Failure) {
    super(message);
    this.code = code;
  }
}

/** Starts the thread at `url`, which keeps no process alive. `onDeath` is called when it ends by
 * itself. */
export function openThread<Asked, Answer>(url: URL, onDeath?: () => void): Thread<Asked, Answer> {
  const worker = new Worker(url.href, { ref: false });
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let count = 0;
  let ended: Error | undefined;
  worker.addEventListener("message", ({ data }: MessageEvent<Reply<Answer>>) => {
    const { id, answer, failure } = data;
    const question = waiting.get(id);
    waiting.delete(id);
    if (failure === undefined) question?.resolve(answer as Answer);
    else question?.reject(new ThreadError(failure));
  });
  worker.addEventListener("error", ({ message }) => {
    onDeath?.();
    giveUp(new Error(message));
  });

  return {
    async ask(asked) {
      // It would never answer.
      if (ended) throw ended;
      const question = Promise.withResolvers<Answer>();
      const id = count++;
      waiting.set(id, question);
      worker.postMessage({ id, asked } satisfies Question<Asked>);
      return question.promise;
    },
    end(reason) {
      worker.terminate();
      giveUp(reason);
    },
  };

  function giveUp(reason: Error): void {
    ended ??= reason;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }
}

/** A thread that starts when it is first asked, and again when it is asked after it has died; never once it is closed. */
export interface LazyThread<Asked, Answer> {
  ask(asked: Asked): Promise<Answer>;
  /** Asks a last time, if it has started, and ends it. A thread that ends with a database open may leave it locked. */
  close(last: Asked, reason: Error): Promise<void>;
}

/** Each time it starts it is asked `first` before anything else. */
export function openLazyThread<Asked, Answer>(url: URL, first: Asked): LazyThread<Asked, Answer> {
  let starting: Promise<Thread<Asked, Answer>> | undefined;
  let closed: Error | undefined;

  return {
    async ask(asked) {
      if (closed) throw closed;
      const thread = await (starting ??= start());
      return thread.ask(asked);
    },
    async close(last, reason) {
      closed = reason;
      const thread = await starting?.catch(() => undefined);
      await thread?.ask(last).catch(() => {});
      thread?.end(reason);
    },
  };

  async function start(): Promise<Thread<Asked, Answer>> {
    const forget = () => void (starting = undefined);
    const thread = openThread<Asked, Answer>(url, forget);
    try {
      await thread.ask(first);
      return thread;
    } catch (thrown) {
      forget();
      thread.end(new Error("it could not be started", { cause: thrown }));
      throw thrown;
    }
  }
}

/** The other end: answers what the thread is asked, in the order in which answers come. */
export function serveThread<Asked>(obey: (asked: Asked) => unknown): void {
  parentPort?.on("message", ({ id, asked }: Question<Asked>) => {
    void Promise.try(obey, asked).then(
      (answer) => parentPort?.postMessage({ id, answer }),
      (thrown: unknown) => parentPort?.postMessage({ id, failure: toFailure(thrown) }),
    );
  });
}

function toFailure(thrown: unknown): Failure {
  return { message: thrown instanceof Error ? thrown.message : String(thrown), code: codeOf(thrown) };
}
