/** A vendor that says what a test tells it, when it is told: one answer after the other. */
export interface ToldUpstream extends Disposable {
  readonly origin: string;
  /** What was asked, as text. */
  readonly asked: readonly string[];
  /** Says it in the youngest answer, or in one by its place. */
  say(text: string, at?: number): void;
  finish(reason?: string, at?: number): void;
  /** Refuses what is asked next. */
  refuseNext(): void;
}

export function openToldUpstream(): ToldUpstream {
  const answers: ReadableStreamDefaultController<string>[] = [];
  const asked: string[] = [];
  let isRefusing = false;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      asked.push(await request.text());
      if (isRefusing) {
        isRefusing = false;
        return Response.json({ error: { message: "no" } }, { status: 500 });
      }
      const body = new ReadableStream<string>({ start: (controller) => void answers.push(controller) });
      return new Response(body.pipeThrough(new TextEncoderStream()), {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });
  const tell = (at: number, delta: object, finish_reason: string | null) =>
    answers
      .at(at)
      ?.enqueue(`data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
  return {
    origin: `http://127.0.0.1:${server.port}`,
    asked,
    say: (content, at = -1) => tell(at, { content }, null),
    finish(reason = "stop", at = -1) {
      tell(at, {}, reason);
      answers.at(at)?.close();
    },
    refuseNext: () => void (isRefusing = true),
    [Symbol.dispose]: () => void server.stop(true),
  };
}
