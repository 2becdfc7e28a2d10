import type { EventOf, RunEvent } from "../src/protocol/events.ts";
import { ParleyError } from "./errors.ts";
import { runFailure } from "./run-failure.ts";

/**
 * One answer: its events as they come, each once and in order. It is asked for when it is first read, and read once.
 * Leaving the loop early (`break`, `return`, a throw) cancels it at the server.
 *
 * A failure that ends the run is an event (`error`, `auth`), which the loop shows like any other; `text()` throws it. What
 * ends the reading itself is thrown by both: a refusal, a connection that stays lost, a signal.
 */
export interface Answer extends AsyncIterable<RunEvent, void, undefined> {
  /** The id of its run, once the server has accepted it; that asks for it. Fails as the reading does before. */
  readonly runId: Promise<string>;
  /**
   * Reads what is left, and gives all its text, also what a loop has shown before. An answer whose `finish` says `length` is
   * given as it is.
   *
   * @throws {ParleyError} `run_failed` for a run that failed, `cancelled` for one that was stopped; as the loop
   */
  text(): Promise<string>;
  /** Reads what is left, and gives what was used; `undefined` where nothing was. @throws {ParleyError} as the loop */
  usage(): Promise<EventOf<"usage"> | undefined>;
  /** Stops the run at the server; its last events still come. Before it was asked for it never will be. */
  cancel(): Promise<void>;
}

/** Where an answer comes from: the stream of a request, or a channel. */
export interface AnswerSource {
  readonly runId: Promise<string>;
  /** Its events, to the last; called once. Whoever stops reading before, by `return`, has the run cancelled. */
  read(): AsyncIterator<RunEvent, void, undefined>;
  cancel(): Promise<void>;
}

export function createAnswer(source: AnswerSource): Answer {
  const pieces: string[] = [];
  let used: EventOf<"usage"> | undefined;
  /** Why there is no whole text, as the events tell. */
  let failed: ParleyError | undefined;
  /** What ended the reading: whoever asks once more is told again. */
  let broken: { readonly thrown: unknown } | undefined;
  let isOver = false;
  let reading: AsyncIterator<RunEvent, void, undefined> | undefined;

  return {
    get runId() {
      return source.runId;
    },
    [Symbol.asyncIterator]: () => (reading ??= read()),
    async text() {
      await readOn();
      if (failed) throw failed;
      return pieces.join("");
    },
    async usage() {
      await readOn();
      return used;
    },
    cancel: () => source.cancel(),
  };

  /** No generator of its own: whoever leaves while an event is waited for is heard at once. */
  function read(): AsyncIterator<RunEvent, void, undefined> {
    const events = source.read();
    return {
      async next() {
        try {
          const result = await events.next();
          if (!result.done) note(result.value);
          // A loop that is begun anew must not take what is lost for an end.
          else if (broken) throw broken.thrown;
          return result;
        } catch (thrown) {
          broken ??= { thrown };
          throw thrown;
        }
      },
      async return() {
        if (!isOver) failed ??= stopped();
        await events.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  function note(event: RunEvent): void {
    if (event.type === "content") pieces.push(event.content);
    else if (event.type === "usage") used = event;
    else if (event.type === "error" || event.type === "auth") failed = runFailure(event);
    else if (event.type === "finish") {
      isOver = true;
      if (event.finish.reason === "cancelled") failed ??= stopped();
    }
  }

  async function readOn(): Promise<void> {
    reading ??= read();
    while (!(await reading.next()).done);
  }
}

function stopped(): ParleyError {
  return new ParleyError("cancelled", "the answer was stopped before its end");
}
