import type { EventOf, RunEvent } from "../src/protocol/events.ts";
import { ParleyError } from "./errors.ts";

/**
 * One answer: its events as they come, each once and in order. It is asked for when it is first read, and read once.
 * Leaving the loop early (`break`, `return`, a throw) cancels it at the server.
 *
 * A failure that ends the run is an event (`error`, `auth`), which the loop shows like any other; `text()` throws it.
 */
export interface Answer extends AsyncIterable<RunEvent, void, undefined> {
  /** The id of its run, once the server has accepted it. */
  readonly runId: Promise<string>;
  /** Reads what is left, and gives all its text. @throws {ParleyError} `run_failed` for a run that failed */
  text(): Promise<string>;
  /** Reads what is left, and gives what was used; `undefined` where nothing was. */
  usage(): Promise<EventOf<"usage"> | undefined>;
  /** Stops the run at the server; its last events still come. */
  cancel(): Promise<void>;
}

/** Where an answer comes from: the stream of a request, or a channel. */
export interface AnswerSource {
  readonly runId: Promise<string>;
  /** Its events, to the last. Whoever stops reading before has the run cancelled. */
  read(): AsyncGenerator<RunEvent, void, undefined>;
  cancel(): Promise<void>;
}

export function createAnswer(source: AnswerSource): Answer {
  const pieces: string[] = [];
  let used: EventOf<"usage"> | undefined;
  let failed: ParleyError | undefined;
  let events: AsyncGenerator<RunEvent, void, undefined> | undefined;

  return {
    runId: source.runId,
    [Symbol.asyncIterator]: () => (events ??= read()),
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

  async function* read(): AsyncGenerator<RunEvent, void, undefined> {
    for await (const event of source.read()) {
      if (event.type === "content") pieces.push(event.content);
      else if (event.type === "usage") used = event;
      else if (event.type === "error" || event.type === "auth") failed = new ParleyError("run_failed", event.message);
      yield event;
    }
  }

  async function readOn(): Promise<void> {
    events ??= read();
    while (!(await events.next()).done);
  }
}
