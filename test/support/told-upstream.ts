import { expect } from "bun:test";

/** A vendor that says what a test tells it, when it is told. */
export interface ToldUpstream extends Disposable {
  readonly origin: string;
  /** What was asked, as text. */
  readonly asked: readonly string[];
  /** Until something was asked that holds a text, and is what was asked last. */
  untilAsked(text: string): Promise<void>;
  /** Says it in the answer that was asked for last. */
  say(text: string): void;
  finish(reason?: string): void;
  /** Waits for a question, and answers it. */
  answer(question: string, text: string, reason?: string): Promise<void>;
  /** What was asked until now is not waited for any more. */
  forget(): void;
  refuseNext(): void;
}

export function openToldUpstream(): ToldUpstream {
  const asked: string[] = [];
  let last: ReadableStreamDefaultController<string> | undefined;
  let isRefusing = false;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      asked.push(await request.text());
      if (isRefusing) {
        isRefusing = false;
        return Response.json({ error: { message: "not today" } }, { status: 500 });
      }
      const body = new ReadableStream<string>({ start: (controller) => void (last = controller) });
      return new Response(body.pipeThrough(new TextEncoderStream()), {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });
  const told: ToldUpstream = {
    origin: `http://127.0.0.1:${server.port}`,
    asked,
    async untilAsked(text) {
      const isAsked = () => asked.at(-1)?.includes(text) ?? false;
      for (let tries = 0; tries < 3_000 && !isAsked(); tries++) await Bun.sleep(5);
      expect(asked.at(-1)).toContain(text);
    },
    say: (content) => tell({ content }, null),
    finish(reason = "stop") {
      tell({}, reason);
      last?.close();
    },
    async answer(question, text, reason) {
      await told.untilAsked(question);
      told.forget();
      told.say(text);
      told.finish(reason);
    },
    forget: () => void asked.splice(0),
    refuseNext: () => void (isRefusing = true),
    [Symbol.dispose]: () => void server.stop(true),
  };
  return told;

  function tell(delta: object, finish_reason: string | null): void {
    last?.enqueue(`data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  }
}
