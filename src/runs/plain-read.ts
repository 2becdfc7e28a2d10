import { ApiError } from "../protocol/errors.ts";
import type { FinishReason } from "../protocol/events.ts";
import { attended } from "./attended.ts";
import type { EventReader } from "./event-log.ts";
import { cancellation } from "./live-run.ts";
import { createPlainAnswer, endMark, type PlainAnswer, type PlainPiece, textOfPieces } from "./plain-answer.ts";

/** An answer that nothing follows. */
export interface WholeAnswer extends Pick<PlainAnswer, "hasWords" | "media"> {
  readonly pieces: readonly PlainPiece[];
  readonly reason: FinishReason;
}

/** An answer that has begun with words. Who does not read it to its end calls `return`, at any time. */
export type TextReader = Required<Pick<AsyncIterator<string, undefined>, "next" | "return">>;

/** More of an answer is not held in memory, in characters. */
const maxHeldLength = 4 * 1024 * 1024;

/**
 * All that an answer says. Where the signal aborts its reader leaves, which ends a run that nobody else may read.
 *
 * @throws {ApiError} what the run failed with; `cancelled`; `upstream_failed` for what is longer than `maxLength`
 * @throws the signal's reason
 */
export async function readWhole(
  events: EventReader,
  signal: AbortSignal,
  maxLength = maxHeldLength,
): Promise<WholeAnswer> {
  const answer = createPlainAnswer();
  const pieces = await hold(answer, events, { signal, maxLength, isEnough: () => false });
  return toWhole(answer, pieces);
}

/** An answer as soon as it has words; one without any is whole. @throws as `readWhole`, until there are words */
export async function readBegun(events: EventReader, signal: AbortSignal): Promise<WholeAnswer | TextReader> {
  const answer = createPlainAnswer();
  const isEnough = () => answer.hasWords;
  const pieces = await hold(answer, events, { signal, maxLength: maxHeldLength, isEnough });
  if (!answer.hasWords) return toWhole(answer, pieces);
  if (answer.failure) throw answer.failure;
  return toReader(textOfPieces(pieces), answer, events);
}

interface Holding {
  readonly signal: AbortSignal;
  readonly maxLength: number;
  readonly isEnough: () => boolean;
}

/** Reads until it is enough, or to the end. */
async function hold(
  answer: PlainAnswer,
  events: EventReader,
  { signal, maxLength, isEnough }: Holding,
): Promise<PlainPiece[]> {
  const pieces: PlainPiece[] = [];
  let length = 0;
  return attended(events, signal, async () => {
    while (!isEnough()) {
      const { done, value } = await events.next();
      if (done) break;
      for (const piece of answer.add(value)) {
        pieces.push(piece);
        length += piece.text.length;
      }
      if (length > maxLength)
        throw new ApiError("upstream_failed", `the answer did not end within ${maxLength} characters`);
    }
    signal.throwIfAborted();
    return pieces;
  });
}

/** @throws {ApiError} where it did not end well */
function toWhole({ hasWords, media, reason, failure }: PlainAnswer, pieces: readonly PlainPiece[]): WholeAnswer {
  if (failure) throw failure;
  if (reason === undefined || reason === "cancelled") throw cancellation();
  return { pieces, hasWords, media, reason };
}

/** Not a generator: one that waits for an event cannot be told to return. */
function toReader(first: string, answer: PlainAnswer, events: EventReader): TextReader {
  let text = first;
  let isOver = false;
  return {
    async next() {
      while (text === "" && !isOver) {
        const { done, value } = await events.next();
        isOver = done === true;
        text = done ? endMark(answer.reason ?? "cancelled", false) : textOfPieces(answer.add(value));
      }
      if (text === "") return { done: true, value: undefined };
      const value = text;
      text = "";
      return { done: false, value };
    },
    async return() {
      text = "";
      isOver = true;
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}
