import type { ReaderAnswer, ReaderOp, ReaderQuestion } from "./reader-worker.ts";
import type { Answer, Asked, ReadName } from "./reads.ts";

/** Reads in a thread of its own, with its own connection: it sees whatever was committed before it is asked. */
export interface Reader extends AsyncDisposable {
  /** One after the other, in the order in which they are asked. @throws what SQLite says */
  read<Name extends ReadName>(name: Name, asked: Asked<Name>): Promise<Answer<Name>>;
}

class ReadError extends Error {
  readonly code: string | undefined;

  constructor({ message, code }: NonNullable<ReaderAnswer["failure"]>) {
    super(message);
    this.code = code;
  }
}

/** Starts its thread when it is first asked. */
export function openReader(path: string): Reader {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let starting: Promise<Worker> | undefined;
  let count = 0;

  return {
    async read<Name extends ReadName>(name: Name, asked: Asked<Name>) {
      starting ??= start();
      return (await send(await starting, { op: "read", name, asked })) as Answer<Name>;
    },
    async [Symbol.asyncDispose]() {
      const worker = await starting?.catch(() => undefined);
      if (!worker) return;
      await send(worker, { op: "close" }).catch(() => {});
      worker.terminate();
      giveUp(new Error("the database was closed"));
    },
  };

  async function start(): Promise<Worker> {
    const worker = new Worker(new URL("./reader-worker.ts", import.meta.url).href, { ref: false });
    worker.addEventListener("message", ({ data }: MessageEvent<ReaderAnswer>) => {
      const { id, answer, failure } = data;
      const asked = waiting.get(id);
      waiting.delete(id);
      if (failure === undefined) asked?.resolve(answer);
      else asked?.reject(new ReadError(failure));
    });
    worker.addEventListener("error", ({ message }) => {
      // Whoever asks next has a new one.
      starting = undefined;
      giveUp(new Error(message));
    });
    try {
      await send(worker, { op: "open", path });
      return worker;
    } catch (thrown) {
      starting = undefined;
      worker.terminate();
      throw thrown;
    }
  }

  function send(worker: Worker, asked: ReaderOp): Promise<unknown> {
    const question = Promise.withResolvers<unknown>();
    const id = count++;
    waiting.set(id, question);
    worker.postMessage({ id, asked } satisfies ReaderQuestion);
    return question.promise;
  }

  function giveUp(reason: Error): void {
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }
}
