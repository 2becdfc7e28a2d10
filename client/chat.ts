import type { ChatRequest } from "../src/protocol/chat.ts";
import type { RunEvent } from "../src/protocol/events.ts";
import type { AnswerSource } from "./answer.ts";
import { requestCancel } from "./cancel-run.ts";
import { apiPath, cancelled, type Connection } from "./connection.ts";
import { usualGiveUpMs, usualSilenceMs } from "./patience.ts";
import { createRunId } from "./run-id.ts";
import { createRunStream } from "./run-stream.ts";
import { createToken } from "./token.ts";
import { until } from "./until.ts";

export interface ChatOptions {
  /** Aborting it cancels the run, and whoever reads is thrown `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long a lost connection is made anew before that is thrown, in milliseconds, counted from the last sign of life; 60,000
   * if it is not said, as long as a server usually keeps an answer going that nobody reads. A server that was never reached
   * is given up after 5,000.
   */
  readonly giveUpAfterMs?: number;
  /** After how many milliseconds without a byte a connection is lost; 30,000 if it is not said. The server sends one every 8,000. */
  readonly silenceMs?: number;
}

/** How long whoever leaves waits for the head of an answer, which names the run that is to be cancelled. */
const headMs = 500;
/** How long leaving a loop may take; what is still to be done then is done behind it. */
const leaveMs = 1_000;

/**
 * An answer by a request of its own. It is asked for with an `Idempotency-Key`, so that it can be asked for again when the
 * connection breaks before its head has come: that finds the run which there is.
 */
export function openChat(connection: Connection, request: ChatRequest, options: ChatOptions = {}): AnswerSource {
  const { signal: given, giveUpAfterMs = usualGiveUpMs, silenceMs = usualSilenceMs } = options;
  const isResumable = request.resumable ?? true;
  const key = createToken();
  const runId = createRunId();
  /** Aborted once nobody reads. */
  const leaving = new AbortController();
  /** The head of the answer. */
  let asked: Promise<Response> | undefined;
  let beginning: Promise<void> | undefined;
  let cancelling: Promise<void> | undefined;

  const events = createRunStream({
    dial: (after, signal) => (runId.known === undefined ? ask(signal) : askOn(runId.known, after, signal)),
    isAccepted: () => runId.known !== undefined,
    onAccepted: runId.learn,
    isResumable,
    giveUpAfterMs,
    silenceMs,
    signal: leaving.signal,
  });

  return {
    get runId() {
      begin().catch(runId.fail);
      return runId.promise;
    },
    read() {
      const reading = readAll();
      return {
        next: () => reading.next(),
        async return() {
          await until(leave(), { ms: leaveMs }).catch(() => {});
          return reading.return();
        },
      };
    },
    async cancel() {
      if (asked && runId.known === undefined) await until(asked, { ms: headMs }).catch(() => {});
      await (runId.known === undefined ? leave() : cancelRun());
    },
  };

  async function* readAll(): AsyncGenerator<RunEvent, void, undefined> {
    try {
      await begin();
      yield* events.read();
    } catch (thrown) {
      runId.fail(thrown);
      throw thrown;
    } finally {
      given?.removeEventListener("abort", giveUp);
    }
  }

  function begin(): Promise<void> {
    return (beginning ??= (async () => {
      given?.addEventListener("abort", giveUp);
      if (given?.aborted) giveUp();
      await events.begin();
    })());
  }

  function giveUp(): void {
    void leave(given?.reason);
  }

  /** Never throws. Who is waiting for an event is thrown `cancelled` at once. */
  async function leave(reason?: unknown): Promise<void> {
    if (events.isOver) return;
    leaving.abort(cancelled(reason));
    // Within `headMs` it is known, or never will be.
    await asked?.catch(() => {});
    await cancelRun().catch(() => {});
  }

  function ask(signal: AbortSignal): Promise<Response> {
    const asking = new AbortController();
    const abort = () => asking.abort(signal.reason);
    // Whoever leaves by now needs the run's name, which comes with the head, to have it cancelled.
    signal.addEventListener("abort", () => (runId.known === undefined ? setTimeout(abort, headMs) : abort()));
    asked = connection
      .request(`${apiPath}/conversation`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "text/event-stream",
          ...(isResumable && { "idempotency-key": key }),
        },
        body: JSON.stringify({ ...request, resumable: isResumable }),
        signal: asking.signal,
      })
      .then((response) => {
        const id = response.headers.get("x-run-id");
        if (id) runId.learn(id);
        if (signal.aborted) abort();
        return response;
      });
    return asked;
  }

  function askOn(id: string, after: number, signal: AbortSignal): Promise<Response> {
    const headers = { accept: "text/event-stream" };
    return connection.request(`${apiPath}/runs/${encodeURIComponent(id)}/events?after=${after}`, { headers, signal });
  }

  function cancelRun(): Promise<void> {
    if (events.isOver || runId.known === undefined) return Promise.resolve();
    return (cancelling ??= requestCancel(connection, runId.known).catch((thrown: unknown) => {
      cancelling = undefined;
      throw thrown;
    }));
  }
}
