import { type Connection, unhurried } from "../../http/body.ts";
import type { Asked } from "../../dialects/asked.ts";
import type { Collected } from "../../dialects/collected.ts";
import type { Encoder } from "../../dialects/encoder.ts";
import { ApiError } from "../../protocol/errors.ts";
import type { EventOf, NumberedEvent } from "../../protocol/events.ts";
import type { Services } from "../../services.ts";
import type { Answering, BegunAnswer } from "./answering.ts";
import { whenBegun } from "./first-word.ts";
import { type StreamOptions, toStreamed } from "./streamed.ts";
import { readCollected } from "./whole-answer.ts";

type Batch = readonly NumberedEvent[];

/**
 * Several answers to one request, each a run of its own: all of them begin, or none; the first that fails later ends
 * them all, as does whoever asked by leaving.
 */
export interface Several {
  /** @throws {ApiError} what the first failed with; `invalid_request` for more than one with an `Idempotency-Key` */
  begin(asked: readonly Asked[], request: Request): Promise<readonly BegunAnswer[]>;
  /** As they come, each written by its own encoder. @throws {ApiError} what one failed with before its first word */
  stream(begun: readonly BegunAnswer[], encoders: readonly Encoder[], options: StreamOptions): Promise<Response>;
  /** Whole. @throws {ApiError} what one failed with; `cancelled` */
  collect(
    begun: readonly BegunAnswer[],
    connection: Connection,
    toText: (event: EventOf<"content">) => string,
  ): Promise<readonly Collected[]>;
}

export function createSeveral({ idempotency, log, streams }: Services, answering: Answering): Several {
  return {
    async begin(asked, request) {
      const [only, ...others] = asked;
      if (only && others.length === 0) return [await answering.begin(only, request)];
      if (idempotency.isFor(request))
        throw new ApiError(
          "invalid_request",
          "with an Idempotency-Key one answer is given: ask for each of them alone",
        );
      const begun: BegunAnswer[] = [];
      const beginning = asked.map(async (each, index) => {
        begun[index] = await answering.begin(each, request);
      });
      const failed = (await Promise.allSettled(beginning)).find(({ status }) => status === "rejected");
      if (failed?.status !== "rejected") return begun;
      leave(begun.filter((each) => each !== undefined));
      throw failed.reason;
    },

    async stream(begun, encoders, options) {
      const [first] = begun;
      const [encoder] = encoders;
      if (!first || !encoder) throw new Error("there is nothing to be streamed");
      if (begun.length === 1) return answering.stream(first, { ...options, encoder });
      const { signal } = options.request;
      const streamed = {
        run: first,
        open: () =>
          Promise.all(begun.map(({ events }) => whenBegun(events, signal))).then(
            (readers) => inTurn(readers, encoders),
            (thrown: unknown) => {
              leave(begun);
              throw thrown;
            },
          ),
        encode: (text: string) => text,
        encodeFailure(failure: ApiError) {
          leave(begun);
          return encoder.encodeFailure(failure);
        },
      };
      return toStreamed(streamed, options, { log, streams });
    },

    async collect(begun, connection, toText) {
      const { signal } = connection.request;
      // Together: whichever is whole first would set the connection's limit back for the others.
      return unhurried(connection, () =>
        Promise.all(begun.map(({ events }) => readCollected(events, signal, toText))).catch((thrown: unknown) => {
          leave(begun);
          throw thrown;
        }),
      );
    },
  };
}

function leave(begun: readonly Pick<BegunAnswer, "events">[]): void {
  for (const { events } of begun) void events.return?.();
}

/** What is written of whichever answer has something next. */
function inTurn(readers: readonly AsyncIterator<Batch>[], encoders: readonly Encoder[]): AsyncIterator<string> {
  const waiting = new Map(readers.map((reader, index) => [index, next(reader, index)]));
  const end = () => {
    waiting.clear();
    for (const reader of readers) void reader.return?.();
    return { done: true, value: undefined } as const;
  };
  return {
    async next() {
      while (waiting.size > 0) {
        const { index, result } = await Promise.race(waiting.values());
        const reader = readers[index];
        if (result.done || !reader) waiting.delete(index);
        else {
          if (hasFailed(result.value)) end();
          else waiting.set(index, next(reader, index));
          return { done: false, value: encoders[index]?.encode(result.value) ?? "" };
        }
      }
      return end();
    },
    return: async () => end(),
  };
}

async function next(reader: AsyncIterator<Batch>, index: number) {
  return { index, result: await reader.next() };
}

function hasFailed(batch: Batch): boolean {
  return batch.some(({ event }) => event.type === "finish" && /^(error|cancelled)$/.test(event.finish.reason));
}
